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

  const refresh = (_, seen) => [seen, seen.now];

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.zero = { narrow, countShown, pulse, refresh };
})();
