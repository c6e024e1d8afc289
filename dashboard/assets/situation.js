/* What the Situation page does without asking the server. */
(function () {
  "use strict";
  const skip = () => window.dash_clientside.no_update;
  /** What was touched; a button goes before what merely moved in the same moment. */
  const cause = () => {
    const ids = window.dash_clientside.callback_context.triggered.map(touched => touched.prop_id);
    return ids.find(id => id.endsWith(".n_clicks")) || ids[0] || "";
  };
  const clamp = (value, last) => Math.min(Math.max(value, 0), last);

  /** The slider, the buttons and the map agree on one month; the last one is now. */
  function stepMonth(slider, frame, playing, back, play, forward, now, months) {
    const last = months.length - 1, by = cause();
    let at = slider, run = Boolean(playing);
    if (by.startsWith("situation-month-back")) { at = slider - 1; run = false; }
    else if (by.startsWith("situation-month-forward")) { at = slider + 1; run = false; }
    else if (by.startsWith("situation-month-now")) { at = last; run = false; }
    else if (by.startsWith("situation-month-play")) { run = !playing; if (run && slider >= last) at = 0; }
    else if (by.startsWith("situation-map") && frame !== null && frame !== undefined) at = frame;
    else if (by.startsWith("situation-month.value")) run = playing && frame === slider;
    at = clamp(at, last);
    const shown = at === last && !run ? null : at;
    return [
      at === slider ? skip() : at,
      shown === (frame ?? null) ? skip() : shown,
      run === Boolean(playing) ? skip() : run,
      months[at] || "", months[at] || "", run ? "step is-playing" : "step",
    ];
  }

  /** From here on a screen shows a part of a city: counts may lie closer to each other. */
  const NEAR_ZOOM = 11.5;

  function seeNear(viewport, was) {
    const near = Boolean(viewport) && viewport.zoom >= NEAR_ZOOM;
    return [near === Boolean(was) ? skip() : near];
  }

  function toggleTable(clicks, hidden) {
    return [!hidden, hidden ? "true" : "false"];
  }

  const busy = () => document.querySelector("[data-dash-is-loading='true'], ._dash-loading-callback");

  /** Ask how far the ledger has come; answers are asked for again only when it has moved, and
      never while earlier ones are still on their way. */
  async function pulse(_, mark) {
    try {
      const answer = await (await fetch("/pulse")).json();
      return [answer.mark === mark || busy() ? skip() : answer.mark, answer.now, ""];
    } catch (error) {
      return [skip(), skip(), "is-stale"];
    }
  }

  function sendLink(query, colour, crews) {
    const asked = Object.entries({ ...query, colour, crews }).filter(([, value]) => value);
    return [`/briefing.html?${new URLSearchParams(asked)}`];
  }

  const reset = () => ["all", [], "all"];

  /** Days back or two dates: choosing the one clears the other. */
  function spanOrDates(span, dates) {
    const by = cause(), none = [null, null];
    if (by.startsWith("situation-reset")) return ["90", none];
    if (by.startsWith("situation-dates") && dates && dates[0] && dates[1]) return ["", skip()];
    if (by.startsWith("situation-dates") && dates && !dates[0] && !dates[1] && !span) return ["90", skip()];
    return [skip(), span && dates && dates[0] ? none : skip()];
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.situation = { stepMonth, seeNear, toggleTable, pulse, sendLink, reset, spanOrDates };
})();
