/* What both ways of drawing share: colours, icons, patterns, small geometry. */
(function () {
  "use strict";

  const FONTS = ["Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "sans-serif"];
  const NO_VALUE = 255;

  const THEMES = {
    dark: {
      ground: "#0b1826", blank: "#15293c", outline: "#0b1826", parent: "#a9c7dc", text: "#e6f0f8", halo: "#07131f",
      hover: "#ffffff", selected: "#7ff0e0", road: "#b4c6d6", river: "#4f93cc", land: "#16303a", building: "#33485c",
      hatch: "rgba(214,228,240,0.55)", rim: "#07131f", camera: "#e3edf5", offline: "#7f93a5", hotspot: "#ff5c8a", casing: "#07131f",
    },
    light: {
      ground: "#eef3f7", blank: "#dce5ec", outline: "#ffffff", parent: "#3f5a6e", text: "#14202b", halo: "#ffffff",
      hover: "#0f2333", selected: "#0b6e7f", road: "#8b96a1", river: "#4a94cf", land: "#dfeadf", building: "#c3ccd4",
      hatch: "rgba(40,60,80,0.50)", rim: "#ffffff", camera: "#37475a", offline: "#8794a0", hotspot: "#c2185b", casing: "#ffffff",
    },
  };

  // Chosen to stay apart from teal (zero) and orange (broken), also for colour-weak eyes.
  const STREAM_COLOURS = { case: "#f5d547", accident: "#6fb1ff" };
  const CREW_COLOURS = ["#4cc9f0", "#f9c74f", "#c29bff", "#9bd770", "#f28482", "#e5e5e5"];
  const STATUS_COLOURS = {
    zero_verified: "#37d1bb", zero_reported: "#8fe3d8", pending_review: "#a39bea", broken: "#f0934a", not_assessed: "#8a9aa8",
  };

  const WORDS = {
    zh: { map: "地图", zoomIn: "放大", zoomOut: "缩小", loading: "正在绘制地图…" },
    en: { map: "Map", zoomIn: "Zoom in", zoomOut: "Zoom out", loading: "Drawing the map…" },
  };

  const theme = name => THEMES[name] || THEMES.dark;
  const words = language => WORDS[language] || WORDS.zh;

  /** CSS pixels grow with the root font, so that a 4K wall looks like a 1080p one. */
  const scale = () => Math.max(1, parseFloat(getComputedStyle(document.documentElement).fontSize) / 16);

  function bytes(base64) {
    return base64 ? Uint8Array.from(atob(base64), c => c.charCodeAt(0)) : null;
  }

  async function fetchJson(url) {
    const answer = await fetch(url, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    return answer.json();
  }

  async function fetchBytes(url) {
    const answer = await fetch(url, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
  }

  // ---- geometry -----------------------------------------------------------------------------

  function polygons(geometry) {
    if (!geometry) return [];
    if (geometry.type === "Polygon") return [geometry.coordinates];
    return geometry.type === "MultiPolygon" ? geometry.coordinates : [];
  }

  function ringCentre(ring) {
    let area = 0, x = 0, y = 0;
    const [ox, oy] = ring[0]; // relative to one corner: degrees squared would lose digits
    for (let i = 0; i + 1 < ring.length; i++) {
      const ax = ring[i][0] - ox, ay = ring[i][1] - oy, bx = ring[i + 1][0] - ox, by = ring[i + 1][1] - oy;
      const cross = ax * by - bx * ay;
      area += cross; x += (ax + bx) * cross; y += (ay + by) * cross;
    }
    return area ? { at: [ox + x / (3 * area), oy + y / (3 * area)], size: Math.abs(area) } : { at: [ox, oy], size: 0 };
  }

  /** Centre and size of the largest part; null for a feature without a drawn shape. */
  function centre(feature) {
    const geometry = feature.geometry;
    if (geometry && geometry.type === "Point") return { at: geometry.coordinates, size: 0 };
    let best = null;
    for (const part of polygons(geometry)) {
      const found = ringCentre(part[0]);
      if (!best || found.size > best.size) best = found;
    }
    return best;
  }

  function bounds(collection) {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    const visit = c => {
      if (typeof c[0] !== "number") { c.forEach(visit); return; }
      box[0] = Math.min(box[0], c[0]); box[1] = Math.min(box[1], c[1]);
      box[2] = Math.max(box[2], c[0]); box[3] = Math.max(box[3], c[1]);
    };
    collection.features.forEach(f => f.geometry && visit(f.geometry.coordinates));
    return box[0] <= box[2] ? box : null;
  }

  /** One point per drawn feature, with its properties and `size` to sort names by. */
  function centres(collection) {
    const features = [];
    for (const f of collection.features) {
      const c = centre(f);
      if (c) features.push({ type: "Feature", id: f.id, geometry: { type: "Point", coordinates: c.at }, properties: { ...f.properties, size: c.size } });
    }
    return { type: "FeatureCollection", features };
  }

  /** The borders of approximate areas as lines, each once: dashes of two neighbours would fill each other. */
  function approximateBorders(collection) {
    const drawn = new Set(), lines = [];
    const follow = ring => {
      let line = null;
      for (let i = 0; i + 1 < ring.length; i++) {
        const piece = [String(ring[i]), String(ring[i + 1])].sort().join(" ");
        if (drawn.has(piece)) { line = null; continue; }
        drawn.add(piece);
        if (line) line.push(ring[i + 1]); else lines.push(line = [ring[i], ring[i + 1]]);
      }
    };
    for (const f of collection.features) if (f.properties.approximate) polygons(f.geometry).flat().forEach(follow);
    const geometry = { type: "MultiLineString", coordinates: lines };
    return { type: "FeatureCollection", features: lines.length ? [{ type: "Feature", properties: {}, geometry }] : [] };
  }

  const EMPTY = { type: "FeatureCollection", features: [] };

  /** Give every feature the integer id its value is found by. */
  function numbered(collection) {
    collection.features.forEach((f, i) => { f.id = f.id === undefined || f.id === null ? i : Number(f.id); });
    return collection;
  }

  // ---- words about a feature ----------------------------------------------------------------

  const nameOf = (p, language) => (language === "en" && p.name_en) || p.name || p.code || "";

  function labelOf(ramp, value) {
    const step = (ramp || []).find(r => r.value === value);
    return step ? step.label || "" : "";
  }

  /** What a click reports, the same on both ways of drawing. */
  function click(layer, id, properties, lngLat) {
    return { layer, id, properties, lngLat, ts: Date.now() };
  }

  // ---- icons and patterns -------------------------------------------------------------------

  function canvas(width, height, ratio) {
    const element = document.createElement("canvas");
    element.width = Math.ceil(width * ratio); element.height = Math.ceil(height * ratio);
    const pen = element.getContext("2d", { willReadFrequently: true });
    pen.scale(ratio, ratio);
    return { element, pen };
  }

  function hatch(colour, ratio) {
    const { element, pen } = canvas(8, 8, ratio);
    pen.strokeStyle = colour; pen.lineWidth = 1.3;
    pen.beginPath();
    for (const d of [-8, 0, 8]) { pen.moveTo(d - 1, 9); pen.lineTo(d + 9, -1); }
    pen.stroke();
    return element;
  }

  function dots(colour, ratio) {
    const { element, pen } = canvas(8, 8, ratio);
    pen.fillStyle = colour;
    for (const [x, y] of [[2, 2], [6, 6]]) { pen.beginPath(); pen.arc(x, y, 1.2, 0, 7); pen.fill(); }
    return element;
  }

  function badge(text, fill, rim, ratio, size) {
    const { element, pen } = canvas(size, size, ratio), middle = size / 2;
    pen.beginPath(); pen.arc(middle, middle, middle - 1.5, 0, 7);
    pen.fillStyle = fill; pen.fill();
    pen.lineWidth = 2; pen.strokeStyle = rim; pen.stroke();
    pen.fillStyle = ink(fill); pen.textAlign = "center"; pen.textBaseline = "middle";
    pen.font = `700 ${size * (text.length > 2 ? 0.36 : 0.5)}px ${FONTS.map(f => `"${f}"`).join(",").replace('"sans-serif"', "sans-serif")}`;
    pen.fillText(text, middle, middle + 0.5);
    return element;
  }

  /** Black or white, whichever reads better on `fill` (#rrggbb). */
  function ink(fill) {
    const [r, g, b] = [1, 3, 5].map(i => parseInt(fill.slice(i, i + 2), 16));
    return 0.299 * r + 0.587 * g + 0.114 * b > 150 ? "#0b1826" : "#ffffff";
  }

  /** A square whose sign tells the status without its colour: cross, dot, stripe or plain. */
  function unitSquare(status, rim, ratio) {
    const { element, pen } = canvas(14, 14, ratio);
    pen.fillStyle = STATUS_COLOURS[status] || STATUS_COLOURS.not_assessed;
    pen.fillRect(1.5, 1.5, 11, 11);
    pen.strokeStyle = rim; pen.lineWidth = 1.2; pen.strokeRect(1.5, 1.5, 11, 11);
    pen.strokeStyle = pen.fillStyle = "#0b1826"; pen.lineWidth = 1.6;
    pen.beginPath();
    if (status === "broken") { pen.moveTo(4, 4); pen.lineTo(10, 10); pen.moveTo(10, 4); pen.lineTo(4, 10); pen.stroke(); }
    if (status === "pending_review") { pen.arc(7, 7, 2.2, 0, 7); pen.fill(); }
    if (status === "not_assessed") { pen.moveTo(2, 12); pen.lineTo(12, 2); pen.stroke(); }
    return element;
  }

  /** Draw the icon that a map asks for by name: "badge|7", "stop|3|#4cc9f0", "unit|broken". */
  function icon(name, look, ratio) {
    const [kind, text, colour] = name.split("|");
    if (kind === "badge") return badge(text, look.hotspot, "#ffffff", ratio, 26);
    if (kind === "stop") return badge(text, colour || CREW_COLOURS[0], look.casing, ratio, 20);
    if (kind === "unit") return unitSquare(text, look.rim, ratio);
    if (kind === "hatch") return hatch(look.hatch, ratio);
    return kind === "dots" ? dots(look.hatch, ratio) : null;
  }

  window.sanlingMap = Object.assign(window.sanlingMap || {}, {
    FONTS, NO_VALUE, STREAM_COLOURS, CREW_COLOURS, STATUS_COLOURS, EMPTY,
    theme, words, scale, bytes, fetchJson, fetchBytes, bounds, centre, centres, approximateBorders, numbered, nameOf, labelOf, click, icon,
  });
})();
