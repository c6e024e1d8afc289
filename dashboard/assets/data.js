/* Brings a file to the server as it is, with progress, and tells the page its token. */
(function () {
  "use strict";
  const place = () => document.getElementById("data-drop");
  const says = text => { const at = document.getElementById("data-sending"); if (at) at.textContent = text; };
  const tell = file => window.dash_clientside.set_props("data-file", { data: file });

  function bring(file) {
    const words = place().dataset, request = new XMLHttpRequest();
    request.open("PUT", "/data/files/" + encodeURIComponent(file.name));
    request.upload.onprogress = sent => {
      if (sent.lengthComputable) says(words.sending.replace("{n}", Math.floor(100 * sent.loaded / sent.total)));
    };
    request.onload = () => {
      if (request.status !== 200) { says(request.responseText || words.brokenOff); return; }
      says("");
      tell(JSON.parse(request.responseText));
    };
    request.onerror = () => says(words.brokenOff);
    says(words.sending.replace("{n}", 0));
    request.send(file);
  }

  function choose() {
    const input = document.createElement("input");
    input.type = "file";
    input.onchange = () => { if (input.files.length) bring(input.files[0]); };
    input.click();
  }

  const samples = (column, all) => (all || {})[column] || "";
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.data = { samples };

  const over = event => event.target instanceof Element && event.target.closest("#data-drop");
  document.addEventListener("click", event => { if (over(event)) choose(); });
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, event => {
      const at = place();
      if (!at) return;
      // A file dropped beside the place must not replace the page by itself.
      event.preventDefault();
      at.classList.toggle("is-over", kind === "dragover" && Boolean(over(event)));
      if (kind === "drop" && over(event) && event.dataTransfer.files.length) bring(event.dataTransfer.files[0]);
    });
  }
})();
