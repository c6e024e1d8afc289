/* Tables of work: narrow by a word without asking the server. */
(function () {
  "use strict";
  const narrow = (search, options) => ({ ...options, quickFilterText: (search || "").trim() });

  /** A closed drawer lets its row go, so that the same row can be opened again. */
  const release = opened => (opened ? window.dash_clientside.no_update : []);
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.work = { narrow, release };
})();
