/* The ribbon of months: one canvas as large as what is in sight, whatever the number of areas. */
(function () {
  "use strict";
  const ROW = 17, HEAD = 24, GAP = 1, NONE = 255, BAND = 8, BANDS_KEPT = 48;
  const state = { data: null, codes: null, words: null, rows: [], cursor: null, tiles: {}, bands: new Map(), look: null, drawn: 0, wanted: false };
  const find = id => document.getElementById(id);
  const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  /** Rows are towns' names and areas, in the order they came: nobody is ranked. */
  function rowsOf(data) {
    const starts = new Map(data.towns.map(town => [town.at, town.name])), rows = [];
    data.codes.forEach((_, area) => {
      if (starts.has(area)) rows.push({ town: starts.get(area) });
      rows.push({ area });
    });
    return rows;
  }

  function layout() {
    const box = find("zero-ribbon"), months = state.data.months.length;
    const label = Math.min(170, box.clientWidth * 0.22);
    return { label, cell: Math.max(5, Math.floor((box.clientWidth - label - 6) / months)), months };
  }

  /** A status drawn once: colour, pattern and sign; a picture is copied faster than it is drawn. */
  function tile(step, size, ratio) {
    const key = `${step.value}.${size}.${ratio}`;
    if (state.tiles[key]) return state.tiles[key];
    const made = document.createElement("canvas"), high = ROW - GAP - 1;
    made.width = Math.max(1, size * ratio); made.height = high * ratio;
    const pen = made.getContext("2d");
    pen.scale(ratio, ratio);
    pen.fillStyle = step.color; pen.fillRect(0, 0, size, high);
    pen.strokeStyle = pen.fillStyle = "#d6e4f0a0"; pen.lineWidth = 1;
    if (step.pattern === "hatch") for (let x = -high; x < size; x += 5) { pen.beginPath(); pen.moveTo(x, high); pen.lineTo(x + high, 0); pen.stroke(); }
    if (step.pattern === "dots") for (let x = 1; x < size; x += 4) for (let y = 1; y < high; y += 4) pen.fillRect(x, y, 1, 1);
    if (size >= 9 && step.pattern !== "hatch") {
      pen.fillStyle = step.value === 4 ? "#2a1200" : step.value === 3 ? "#120e30" : "#ffffffb0";
      pen.font = `${step.value >= 3 ? 700 : 400} ${step.value >= 3 ? 12 : 8}px sans-serif`;
      pen.textAlign = "center"; pen.textBaseline = "middle";
      pen.fillText(step.symbol, size / 2, high / 2 + 0.5);
    }
    return (state.tiles[key] = made);
  }

  /** A band of rows is drawn once and copied at every frame; only those near are kept. */
  function band(number, look) {
    const kept = state.bands.get(number);
    if (kept) { state.bands.delete(number); state.bands.set(number, kept); return kept; }
    const made = document.createElement("canvas"), { wide, ratio, label, cell, months, inks } = look;
    made.width = wide * ratio; made.height = BAND * ROW * ratio;
    const pen = made.getContext("2d"), count = state.data.codes.length;
    const steps = new Map(state.words.steps.map(step => [step.value, tile(step, cell - GAP, ratio)]));
    pen.scale(ratio, ratio);
    pen.textBaseline = "middle";
    state.rows.slice(number * BAND, (number + 1) * BAND).forEach((row, place) => {
      const top = place * ROW;
      if (row.town !== undefined) { pen.font = `600 12px ${inks.font}`; pen.fillStyle = inks.strong; pen.fillText(row.town, 6, top + ROW / 2, wide - 8); return; }
      pen.font = `12px ${inks.font}`; pen.fillStyle = inks.text;
      pen.fillText(state.data.names[row.area], 16, top + ROW / 2, label - 20);
      for (let month = 0; month < months; month++) {
        const value = state.codes[month * count + row.area];
        if (value !== NONE) pen.drawImage(steps.get(value), label + month * cell, top, cell - GAP, ROW - GAP - 1);
      }
    });
    state.bands.set(number, made);
    if (state.bands.size > BANDS_KEPT) state.bands.delete(state.bands.keys().next().value);
    return made;
  }

  /** What all bands share; another width, stream or theme draws them anew. */
  function lookOf(box) {
    const { label, cell, months } = layout(), ratio = window.devicePixelRatio || 1, wide = box.clientWidth;
    const key = [wide, ratio, state.drawn, document.documentElement.dataset.mantineColorScheme].join();
    if (!state.look || state.look.key !== key) {
      const inks = { font: css("--font"), strong: css("--strong"), text: css("--text"), muted: css("--muted"), panel: css("--panel") };
      state.look = { key, label, cell, months, ratio, wide, inks };
      state.bands = new Map();
    }
    return state.look;
  }

  function paint() {
    state.wanted = false;
    const began = performance.now();
    const box = find("zero-ribbon"), canvas = find("zero-ribbon-canvas");
    if (!box || !state.data || !box.clientWidth) return;
    const look = lookOf(box), { ratio, wide } = look, high = box.clientHeight;
    if (canvas.width !== wide * ratio || canvas.height !== high * ratio) {
      canvas.width = wide * ratio; canvas.height = high * ratio;
      canvas.style.width = `${wide}px`; canvas.style.height = `${high}px`;
    }
    const pen = canvas.getContext("2d"), most = Math.ceil(state.rows.length / BAND);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, wide, high);
    const first = Math.floor(box.scrollTop / (BAND * ROW));
    for (let number = first; number < most; number++) {
      const top = HEAD + number * BAND * ROW - box.scrollTop;
      if (top > high) break;
      pen.drawImage(band(number, look), 0, top, wide, BAND * ROW);
    }
    heads(pen, look);
    state.tookMs = performance.now() - began;
  }

  function heads(pen, { label, cell, months, wide, inks }) {
    pen.fillStyle = inks.panel; pen.fillRect(0, 0, wide, HEAD - 2);
    pen.fillStyle = inks.muted; pen.font = `12px ${inks.font}`; pen.textBaseline = "middle";
    for (let month = 0; month < months; month++) {
      const name = state.data.months[month];
      if (name.endsWith("-01")) pen.fillText(name.slice(0, 4), label + month * cell, HEAD / 2);
    }
  }

  function want() { if (!state.wanted) { state.wanted = true; requestAnimationFrame(paint); } }

  /** The cursor is an element of its own: to move it costs no drawing. */
  function point(at, month) {
    const box = find("zero-ribbon"), cursor = find("zero-ribbon-cursor");
    const row = state.rows[at];
    if (!row || row.area === undefined || month < 0 || month >= state.data.months.length) return;
    const { label, cell } = layout();
    state.cursor = { at, month };
    cursor.hidden = false;
    cursor.style.transform = `translate(${label + month * cell - 1}px, ${HEAD + at * ROW - 1}px)`;
    cursor.style.width = `${cell + 1}px`; cursor.style.height = `${ROW}px`;
    const value = state.codes[month * state.data.codes.length + row.area];
    const step = state.words.steps.find(each => each.value === value);
    const word = step ? `${step.symbol} ${step.label}` : state.words.none;
    const told = `${state.data.names[row.area]}  ${state.data.months[month]}  ${word}`;
    box.title = told;
    find("zero-ribbon-told").textContent = told;
  }

  function at(event) {
    const box = find("zero-ribbon"), seat = box.getBoundingClientRect(), { label, cell } = layout();
    const row = Math.floor((event.clientY - seat.top + box.scrollTop - HEAD) / ROW);
    return [row, Math.max(0, Math.floor((event.clientX - seat.left - label) / cell))];
  }

  function keys(event) {
    const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageDown: [20, 0], PageUp: [-20, 0] };
    if (event.key === "Enter" && state.cursor) { pick(); event.preventDefault(); return; }
    const move = moves[event.key];
    if (!move || !state.data) return;
    event.preventDefault();
    const here = state.cursor || { at: 0, month: state.data.months.length - 1 };
    let to = Math.min(state.rows.length - 1, Math.max(0, here.at + move[0]));
    const step = move[0] < 0 ? -1 : 1;
    while (state.rows[to] && state.rows[to].area === undefined) to += step;
    point(to, here.month + move[1]);
    const box = find("zero-ribbon"), top = to * ROW;
    if (top < box.scrollTop) box.scrollTop = top - ROW;
    if (top + HEAD + 2 * ROW > box.scrollTop + box.clientHeight) box.scrollTop = top + HEAD + 2 * ROW - box.clientHeight;
  }

  function pick() {
    const row = state.rows[state.cursor.at];
    window.dash_clientside.set_props("zero-ribbon-pick", { data: state.data.codes[row.area] });
  }

  function listen(box) {
    if (box.dataset.listens) return;
    box.dataset.listens = "1";
    box.addEventListener("scroll", want, { passive: true });
    box.addEventListener("mousemove", event => point(...at(event)));
    box.addEventListener("click", event => { point(...at(event)); if (state.cursor) pick(); });
    box.addEventListener("keydown", keys);
    new ResizeObserver(want).observe(box);
  }

  function draw(data, stream, words) {
    const skip = window.dash_clientside.no_update;
    if (!data) return skip;
    const text = atob(data.streams[stream]);
    state.data = data; state.words = words; state.drawn += 1; state.rows = rowsOf(data);
    state.codes = Uint8Array.from(text, letter => letter.charCodeAt(0));
    find("zero-ribbon-space").style.height = `${HEAD + state.rows.length * ROW}px`;
    listen(find("zero-ribbon"));
    want();
    if (state.cursor) point(state.cursor.at, state.cursor.month);
    return skip;
  }

  window.__zeroRibbon = state;
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.zeroRibbon = { draw };
})();
