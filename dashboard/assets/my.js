/* Says on the page My village that the line is down; what is typed stays where it is. */
(function () {
  "use strict";
  function show() {
    const place = document.getElementById("my-offline");
    if (place) place.hidden = navigator.onLine;
  }
  window.addEventListener("online", show);
  window.addEventListener("offline", show);
})();
