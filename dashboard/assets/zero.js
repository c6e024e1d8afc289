/* What the Zero status page does without asking the server: narrow, count, and notice new facts. */
(function () {
  "use strict";
  const skip = () => window.dash_clientside.no_update;
  const GRAVEST_FIRST = "✕?–○●";
  const grid = window.dashAgGridFunctions = window.dashAgGridFunctions || {};
  const gravity = text => GRAVEST_FIRST.indexOf((text || "").charAt(0));
  grid.byStatus = (a, b) => gravity(a) - gravity(b);

  function narrow(group, search, options) {
    const model = group ? { class: { filterType: "text", type: "equals", filter: group } } : {};
    return [model, { ...options, quickFilterText: (search || "").trim() }];
  }

  function countShown(shown, all, text) {
    const total = (all || []).length, seen = shown ? shown.length : total;
    const print = number => number.toLocaleString("en");
    return text.replace("{shown}", print(seen)).replace("{all}", print(total));
  }

  /** A table must not move under the reader's hand: new facts are offered, not forced. */
  async function pulse(_, shown) {
    try {
      const answer = await (await fetch("/pulse")).json();
      return [answer, answer.mark === shown.mark, ""];
    } catch (error) {
      return [skip(), skip(), "is-stale"];
    }
  }

  /** One question for every view; the address says it too, so that it can be sent. */
  function ask(view, window_, asOf, knownAt, rulebook, mark, before) {
    const known = knownAt || "";
    const asked = {
      view, window: window_, rulebook, mark: mark.mark, present: before.present, rules: before.rules,
      as_of: asOf === before.present ? "" : asOf || "",
      known_at: (before.known_at || "").startsWith(known) && known ? before.known_at : known,
    };
    const told = Object.entries({
      view: view === "status" ? "" : view, window: window_ === "month" ? "" : window_, as_of: asked.as_of,
      known_at: asked.known_at, rulebook: rulebook === before.rules ? "" : rulebook,
    }).filter(([, value]) => value);
    const by = new URLSearchParams(location.search).get("by");
    const query = new URLSearchParams(by ? [["by", by], ...told] : told).toString();
    history.replaceState(history.state, "", query ? `?${query}` : location.pathname);
    const hidden = ["status", "ribbon", "restated", "complete", "assess"].map(name => name !== view);
    const present = !asked.as_of && !asked.known_at && rulebook === before.rules;
    return [asked, ...hidden, present];
  }

  const today = (_, asked) => [null, null, asked.rules];

  const refresh = (_, seen) => [seen, seen.now];

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.zero = { narrow, countShown, pulse, refresh, ask, today };
})();
