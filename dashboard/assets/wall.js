/* The wall's pulse: one look at the ledger at a time, a turn of topics, and what is shown when the server is lost. */
(function () {
  "use strict";
  const TOPICS = ["case", "accident", "petition"];
  const TURN_MS = 20000;
  const WORDS = {
    zh: since => `与服务器失去联系（自 ${since}）。画面上的数字是那时的。`,
    en: since => `The server is lost (since ${since}). The figures shown are from then.`,
  };
  let asking = false, lost = null, paused = false, turned = Date.now(), place = 0;

  addEventListener("keydown", event => {
    if (!document.querySelector(".wall")) return;
    if (event.key === " ") { paused = !paused; document.body.classList.toggle("wall-paused", paused); }
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      place = (place + (event.key === "ArrowRight" ? 1 : TOPICS.length - 1)) % TOPICS.length;
      turned = Date.now();
    }
  });

  const clock = text => { const [day, time] = text.split(" "); return `${day}  ${time}`; };

  async function beat(_, last, lang) {
    const skip = window.dash_clientside.no_update;
    if (asking) return [skip, skip, skip, skip];
    asking = true;
    try {
      const answer = await (await fetch("/pulse", { signal: AbortSignal.timeout(8000) })).json();
      lost = null;
      if (!paused && Date.now() - turned >= TURN_MS) { place = (place + 1) % TOPICS.length; turned = Date.now(); }
      const topic = TOPICS[place];
      const same = last.mark === answer.mark && last.topic === topic;
      return [same ? skip : { mark: answer.mark, topic }, clock(answer.now), "", true];
    } catch (error) {
      lost = lost || new Date().toTimeString().slice(0, 5);
      return [skip, skip, (WORDS[lang] || WORDS.en)(lost), false];
    } finally {
      asking = false;
    }
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.wall = { beat };
})();
