/* Draws the map with MapLibre GL: geometry once, values as bytes by feature-state. */
(function () {
  "use strict";
  const S = window.sanlingMap;
  const SLOT = S.SLOT;

  // The fingerprint of this file makes the packages beside it cacheable for good, until a version changes.
  const script = document.currentScript.src;
  const folder = script.replace(/[^/]*$/, "vendor/");
  const print = (script.match(/\.v[\w-]+m[0-9a-f]+(?=\.js)/) || [""])[0];
  const vendored = (name, ending) => `${folder}${name}${print}.${ending}`;

  let library = null;
  function load() {
    if (!library) {
      const link = document.createElement("link");
      link.rel = "stylesheet"; link.href = vendored("maplibre-gl", "css");
      document.head.prepend(link);
      library = import(vendored("maplibre-gl", "mjs")).then(lib => {
        lib.setWorkerUrl(new URL(vendored("maplibre-gl-worker", "mjs"), location.href).href);
        return lib;
      });
    }
    return library;
  }

  function supported() {
    try { return Boolean(document.createElement("canvas").getContext("webgl2")); } catch { return false; }
  }

  const state = name => ["coalesce", ["feature-state", name], 0];
  const value = ["coalesce", ["feature-state", "v"], S.NO_VALUE];
  const absolute = url => new URL(url, location.href).href;

  function rampColour(ramp, blank) {
    const pairs = (ramp || []).flatMap(r => [r.value, r.color]);
    return pairs.length ? ["match", value, ...pairs, blank] : blank;
  }

  function patterned(ramp, pattern) {
    const values = (ramp || []).filter(r => r.pattern === pattern).map(r => r.value);
    return values.length ? ["match", value, values, 1, 0] : 0;
  }

  class MapLibreEngine {
    constructor(lib, box, props, report) {
      Object.assign(this, { lib, box, props, report, k: S.scale(), layers: [], overlays: new Map(), values: null, hovered: null, selected: null });
      this.look = S.theme(props.theme);
      const view = props.view || {};
      this.map = new lib.Map({
        container: box, style: { version: 8, sources: {}, layers: [] }, attributionControl: false, fadeDuration: 0,
        localIdeographFontFamily: S.FONTS.join(","), center: view.center || [0, 0], zoom: view.zoom ?? 1, interactive: props.interactive !== false,
        dragRotate: false, pitchWithRotate: false, touchPitch: false, maxPitch: 0, locale: this.locale(), renderWorldCopies: false,
      });
      this.map.touchZoomRotate.disableRotation();
      this.map.keyboard.disableRotation();
      this.map.on("error", e => console.error("map:", e.error && e.error.message));
      this.map.setMissingStyleImageResolver(name => this.addIcon(name));
      this.ready = new Promise(resolve => this.map.once("load", resolve)).then(() => this.begin());
      this.controls();
    }

    px(n) { return n * this.k; }

    locale() {
      const w = S.words(this.props.language);
      return { "Map.Title": w.map, "NavigationControl.ZoomIn": w.zoomIn, "NavigationControl.ZoomOut": w.zoomOut };
    }

    controls() {
      const { lib, map, props } = this;
      map.addControl(new lib.ScaleControl({ maxWidth: 110 }), "bottom-right");
      const credit = (props.areas || {}).attribution;
      if (credit) map.addControl(new lib.AttributionControl({ compact: false, customAttribution: credit }), "bottom-right");
      if (props.interactive !== false) map.addControl(new lib.NavigationControl({ showCompass: false }), "top-left");
    }

    async begin() {
      const { map } = this;
      this.addLayer({ id: "ground", slot: 0, type: "background", paint: { "background-color": this.look.ground } });
      await this.loadAreas();
      this.listen();
    }

    // ---- layers ----------------------------------------------------------------------------

    addLayer({ id, slot, clicks, centres, ...layer }) {
      const above = this.layers.find(l => l.slot > slot);
      for (const key of Object.keys(layer)) if (layer[key] === undefined) delete layer[key];
      this.map.addLayer({ id, ...layer }, above && above.id);
      const at = above ? this.layers.indexOf(above) : this.layers.length;
      this.layers.splice(at, 0, { id, slot });
    }

    dropLayer(id) {
      this.map.removeLayer(id);
      this.layers = this.layers.filter(l => l.id !== id);
    }

    addIcon(name) {
      const ratio = Math.max(2, window.devicePixelRatio || 1) * this.k;
      const drawn = S.icon(name, this.look, ratio);
      if (!drawn || this.map.hasImage(name)) return;
      const pen = drawn.getContext("2d");
      this.map.addImage(name, pen.getImageData(0, 0, drawn.width, drawn.height), { pixelRatio: ratio / this.k });
    }

    // ---- areas -----------------------------------------------------------------------------

    async loadAreas() {
      const areas = this.props.areas || {};
      this.areas = areas.url ? S.numbered(await S.fetchJson(areas.url)) : S.EMPTY;
      this.parents = areas.parents ? S.numbered(await S.fetchJson(areas.parents)) : S.EMPTY;
      const sources = { areas: this.areas, "areas-names": S.centres(this.areas), "areas-approximate": S.approximateBorders(this.areas), parents: this.parents, "parents-names": S.centres(this.parents) };
      for (const [id, data] of Object.entries(sources)) this.setSource(id, data);
      this.byCode = new Map(this.areas.features.map(f => [String(f.properties.code), f.id]));
      this.loadedAreas = areas.url;
      this.values = null; this.selected = null; this.hovered = null;
      this.drawAreas();
      this.firstView();
    }

    setSource(id, data) {
      const source = this.map.getSource(id);
      if (source) source.setData(data);
      else this.map.addSource(id, { type: "geojson", data, tolerance: 0.2, maxzoom: 16 });
    }

    firstView() {
      if (this.placed) return;
      const view = this.props.view || {};
      const box = view.bounds || (view.center ? null : S.bounds(this.areas));
      if (box) this.map.fitBounds(this.corners(box), { padding: view.padding ?? this.px(24), animate: false });
      this.placed = Boolean(box || view.center);
    }

    corners(box) { return [[box[0], box[1]], [box[2], box[3]]]; }

    drawAreas() {
      const { look } = this;
      for (const l of [...this.layers]) if (l.id.startsWith("areas") || l.id.startsWith("parents")) this.dropLayer(l.id);
      this.addLayer({ id: "areas-fill", slot: SLOT.areas, type: "fill", source: "areas", paint: this.fillPaint() });
      for (const pattern of ["hatch", "dots"]) {
        this.addIcon(pattern);
        this.addLayer({ id: `areas-${pattern}`, slot: SLOT.pattern, type: "fill", source: "areas", paint: { "fill-pattern": pattern, "fill-opacity": patterned(this.props.ramp, pattern) } });
      }
      const thin = ["interpolate", ["linear"], ["zoom"], 8, this.px(0.4), 12, this.px(1), 15, this.px(1.6)];
      this.addLayer({ id: "areas-outline", slot: SLOT.outline, type: "line", source: "areas", paint: { "line-color": look.outline, "line-width": thin } });
      this.addLayer({
        id: "areas-approximate", slot: SLOT.outline, type: "line", source: "areas-approximate",
        paint: { "line-color": look.parent, "line-width": this.px(1.1), "line-opacity": 0.8, "line-dasharray": [3.5, 2.5] },
      });
      this.addLayer({
        id: "parents-outline", slot: SLOT.parents, type: "line", source: "parents", layout: { "line-join": "round" },
        paint: { "line-color": look.parent, "line-width": this.px(1.3), "line-opacity": 0.75 },
      });
      this.addLayer(this.focusLayer());
      this.addNames();
    }

    fillPaint() {
      return { "fill-color": rampColour(this.props.ramp, this.look.blank), "fill-opacity": 0.88 };
    }

    focusLayer() {
      const { look } = this;
      return {
        id: "areas-focus", slot: SLOT.focus, type: "line", source: "areas", layout: { "line-join": "round" },
        paint: {
          "line-color": ["case", ["==", state("sel"), 1], look.selected, look.hover],
          "line-width": ["case", ["==", state("sel"), 1], this.px(3), ["==", state("hov"), 1], this.px(1.8), 0],
          "line-opacity": ["case", ["==", ["max", state("sel"), state("hov")], 1], 1, 0],
        },
      };
    }

    addNames() {
      const names = (id, source, slot, size, extra) => this.addLayer({
        id, slot, type: "symbol", source,
        layout: {
          "text-field": this.nameField(), "text-font": S.FONTS, "text-size": size, "text-max-width": 8, "text-padding": this.px(3),
          "symbol-sort-key": ["-", 0, ["get", "size"]], visibility: this.props.labels === false ? "none" : "visible", ...extra,
        },
        paint: { "text-color": this.look.text, "text-halo-color": this.look.halo, "text-halo-width": this.px(1.4) },
      });
      names("areas-names", "areas-names", SLOT.names, ["interpolate", ["linear"], ["zoom"], 8, this.px(11), 13, this.px(14)], {});
      names("parents-names", "parents-names", SLOT.towns, this.px(16), { "text-letter-spacing": 0.15 });
    }

    nameField() {
      const own = ["coalesce", ["get", "name"], ["get", "code"], ""];
      if (this.props.language !== "en") return own;
      return ["case", ["any", ["!", ["has", "name_en"]], ["==", ["coalesce", ["get", "name_en"], ""], ""]], own, ["get", "name_en"]];
    }

    paintRamp() {
      this.map.setPaintProperty("areas-fill", "fill-color", this.fillPaint()["fill-color"]);
      for (const pattern of ["hatch", "dots"]) this.map.setPaintProperty(`areas-${pattern}`, "fill-opacity", patterned(this.props.ramp, pattern));
    }

    paintValues(values) {
      if (!values) return;
      const old = this.values;
      for (let i = 0; i < values.length; i++) {
        if (!old || old[i] !== values[i]) this.map.setFeatureState({ source: "areas", id: i }, { v: values[i] });
      }
      this.values = values.slice();
      this.map.__values = this.values; // for tests
    }

    areaId(code) {
      if (code === null || code === undefined || code === "") return null;
      if (typeof code === "number") return code;
      return this.byCode.get(String(code)) ?? null;
    }

    mark(name, key, id) {
      if (this[name] === id) return;
      if (this[name] !== null) this.map.setFeatureState({ source: "areas", id: this[name] }, { [key]: 0 });
      if (id !== null) this.map.setFeatureState({ source: "areas", id }, { [key]: 1 });
      this[name] = id;
    }

    // ---- overlays --------------------------------------------------------------------------

    syncOverlays(list) {
      const wanted = new Map((list || []).map(o => [o.id, o]));
      for (const id of [...this.overlays.keys()]) if (!wanted.has(id)) this.dropOverlay(id);
      return Promise.all([...wanted.values()].map(o => this.syncOverlay(o).catch(e => this.complain(o.id, e))));
    }

    complain(id, error) { if (!this.dead) console.error(`map: ${id}:`, error.message); }

    async syncOverlay(overlay) {
      const entry = this.overlays.get(overlay.id) || { id: overlay.id, layers: [], source: `overlay-${overlay.id}` };
      this.overlays.set(overlay.id, entry);
      entry.overlay = overlay;
      const shown = overlay.visible !== false;
      const near = this.map.getZoom() >= S.firstZoom(overlay);
      if (shown && near && !(entry.loaded && sameData(entry.loaded, overlay))) {
        entry.loaded = overlay;
        entry.loading = this.loadOverlay(entry, overlay);
      }
      await entry.loading;
      if (this.overtaken(entry, overlay) || !this.map.getSource(entry.source)) return;
      if (!entry.layers.length || !sameLook(entry.drawn, overlay)) this.drawOverlay(entry);
      for (const id of entry.layers) this.map.setLayoutProperty(id, "visibility", shown ? "visible" : "none");
    }

    /** A newer wish for the same overlay has come, or the map has gone, while this one was fetched. */
    overtaken(entry, overlay) {
      return this.dead || this.overlays.get(overlay.id) !== entry || entry.overlay !== overlay;
    }

    async loadOverlay(entry, overlay) {
      const derived = overlay.kind === "hotspot";
      try {
        const data = overlay.url ? (derived ? await S.fetchJson(overlay.url) : absolute(overlay.url)) : overlay.data || S.EMPTY;
        if (this.dead || entry.loaded !== overlay) return;
        this.setSource(entry.source, data);
        if (derived) this.setSource(`${entry.source}-centres`, S.centres(data));
      } catch (error) {
        entry.loaded = null; // asked for again with the next change
        throw error;
      }
    }

    drawOverlay(entry) {
      entry.layers.forEach(id => this.dropLayer(id));
      const { overlay } = entry;
      entry.drawn = overlay;
      const draw = S.overlayLayers[overlay.kind];
      if (!draw) { console.error(`map: unknown kind of overlay "${overlay.kind}"`); entry.layers = []; return; }
      const specs = draw({ style: overlay.style || {}, look: this.look, px: n => this.px(n), minzoom: S.firstZoom(overlay) });
      entry.layers = specs.map((_, i) => `${entry.source}-${i}`);
      entry.clicks = entry.layers.filter((_, i) => specs[i].clicks);
      specs.forEach((spec, i) => this.addLayer({ id: entry.layers[i], source: spec.centres ? `${entry.source}-centres` : entry.source, ...spec }));
    }

    dropOverlay(id) {
      const entry = this.overlays.get(id);
      entry.layers.forEach(layer => this.dropLayer(layer));
      for (const source of [entry.source, `${entry.source}-centres`]) if (this.map.getSource(source)) this.map.removeSource(source);
      this.overlays.delete(id);
    }

    // ---- pointer ---------------------------------------------------------------------------

    listen() {
      const { map } = this;
      map.on("moveend", () => this.report.viewport(this.viewport()));
      map.on("zoomend", () => this.syncOverlays(this.props.overlays)); // some are fetched from a zoom on
      if (this.props.interactive === false) return;
      map.on("click", e => {
        const found = this.topmost(e.point);
        if (found) this.report.click(S.click(found.layer, found.id, found.feature.properties, e.lngLat.toArray()));
      });
      map.on("mousemove", e => this.hover(e));
      map.getCanvas().addEventListener("mouseleave", () => this.unhover());
    }

    viewport() {
      const c = this.map.getCenter(), b = this.map.getBounds();
      return { center: [c.lng, c.lat], zoom: this.map.getZoom(), bounds: [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()] };
    }

    /** The uppermost feature under the pointer that can be asked about; points get some slack. */
    topmost(point) {
      const slack = this.px(3), box = [[point.x - slack, point.y - slack], [point.x + slack, point.y + slack]];
      const owner = new Map();
      for (const e of this.overlays.values()) (e.clicks || []).forEach(layer => owner.set(layer, e.id));
      const layers = [...owner.keys()];
      const hits = layers.length ? this.map.queryRenderedFeatures(box, { layers }) : [];
      if (hits.length) {
        const f = hits[0];
        return { layer: owner.get(f.layer.id), id: f.properties.id ?? f.id ?? null, feature: f };
      }
      const area = this.map.queryRenderedFeatures(point, { layers: ["areas-fill"] })[0];
      return area ? { layer: "areas", id: area.id, feature: area } : null;
    }

    hover(e) {
      const found = this.topmost(e.point);
      this.mark("hovered", "hov", found && found.layer === "areas" ? found.id : null);
      this.map.getCanvas().style.cursor = found ? "pointer" : "";
      this.report.tip(found ? this.tip(found) : "", e.point);
    }

    unhover() {
      this.mark("hovered", "hov", null);
      this.report.tip("", { x: 0, y: 0 });
    }

    tip({ layer, id, feature }) {
      const p = feature.properties;
      if (layer !== "areas") return p.tip || S.nameOf(p, this.props.language);
      const label = this.values ? S.labelOf(this.props.ramp, this.values[id]) : "";
      return [S.nameOf(p, this.props.language), label].filter(Boolean).join("\n");
    }

    // ---- props -----------------------------------------------------------------------------

    async update(props, before) {
      this.props = props;
      if ((props.areas || {}).url !== this.loadedAreas) await this.loadAreas();
      if (this.look !== S.theme(props.theme)) this.retheme();
      if (!same(props.ramp, before.ramp)) this.paintRamp();
      this.mark("selected", "sel", this.areaId(props.selected));
      this.rename(before);
      if (props.flyTo && !same(props.flyTo, before.flyTo)) this.fly(props.flyTo);
    }

    rename(before) {
      if (this.props.labels === before.labels && this.props.language === before.language) return;
      for (const id of ["areas-names", "parents-names"]) {
        this.map.setLayoutProperty(id, "visibility", this.props.labels === false ? "none" : "visible");
        this.map.setLayoutProperty(id, "text-field", this.nameField());
      }
      const w = S.words(this.props.language);
      this.map.getCanvas().setAttribute("aria-label", w.map);
      for (const [cls, title] of [["in", w.zoomIn], ["out", w.zoomOut]]) {
        const button = this.box.querySelector(`.maplibregl-ctrl-zoom-${cls}`);
        if (button) { button.title = title; button.setAttribute("aria-label", title); }
      }
    }

    retheme() {
      this.look = S.theme(this.props.theme);
      for (const name of this.map.listImages()) this.map.removeImage(name);
      this.map.setPaintProperty("ground", "background-color", this.look.ground);
      this.drawAreas();
      for (const entry of this.overlays.values()) if (entry.layers.length) this.drawOverlay(entry);
    }

    fly({ bounds, center, zoom, padding, maxZoom }) {
      if (bounds) this.map.fitBounds(this.corners(bounds), { padding: padding ?? this.px(60), maxZoom: maxZoom ?? 16 });
      else this.map.flyTo({ center, zoom: zoom ?? this.map.getZoom() });
    }

    destroy() { this.dead = true; this.map.remove(); }
  }

  const same = (a, b) => a === b || JSON.stringify(a) === JSON.stringify(b);
  const sameData = (a, b) => a.url === b.url && a.kind === b.kind && same(a.data, b.data);
  const sameLook = (a, b) => Boolean(a) && a.kind === b.kind && same(a.style, b.style);

  S.same = same;
  S.maplibre = { load, supported, Engine: MapLibreEngine };
})();
