/* Draws the same map with Leaflet on a plain canvas, where WebGL2 or MapLibre is missing.
   Leaflet itself comes with dash-leaflet, which puts it at window.L. */
(function () {
  "use strict";
  const S = window.sanlingMap;

  const RIVERS = ["river", "stream", "canal", "reservoir", "lake", "water"];
  const CLICKED = ["circle", "dot", "unit", "hotspot", "route"];
  // Drawn in this order on one canvas: of stacked canvases only the uppermost would feel the pointer.
  const ORDER = ["fill", "areas", "approximate", "line", "parents", "heat", "sector", "hotspot", "route", "focus", "dot", "unit", "circle"];

  class LeafletEngine {
    constructor(box, props, report) {
      const L = window.L;
      Object.assign(this, { L, box, props, report, k: S.scale(), overlays: new Map(), values: null, selected: null });
      this.look = S.theme(props.theme);
      const view = props.view || {}, live = props.interactive !== false;
      this.map = L.map(box, {
        preferCanvas: true, zoomControl: false, attributionControl: false, zoomSnap: 0.25, fadeAnimation: false, zoomAnimation: false, inertia: false,
        dragging: live, scrollWheelZoom: live, doubleClickZoom: live, keyboard: live, boxZoom: live, touchZoom: live,
      });
      this.map.setView(view.center ? [view.center[1], view.center[0]] : [0, 0], (view.zoom ?? 1) + 1, { animate: false });
      this.canvas = L.canvas();
      this.map.createPane("badges").style.zIndex = 660;
      this.addNames();
      this.controls(live);
      this.finished = false;
      Object.assign(this.map, { loaded: () => this.finished, areTilesLoaded: () => this.finished, engine: "leaflet" }); // for tests
      this.ready = this.begin();
    }

    addNames() {
      this.names = document.createElement("div");
      this.names.className = "sanling-map__names";
      this.box.append(this.names);
    }

    controls(live) {
      const { L, map, props } = this, w = S.words(props.language);
      if (live) L.control.zoom({ position: "topleft", zoomInTitle: w.zoomIn, zoomOutTitle: w.zoomOut }).addTo(map);
      L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
      const credit = (props.areas || {}).attribution;
      if (credit) L.control.attribution({ prefix: false, position: "bottomright" }).addAttribution(credit).addTo(map);
    }

    async begin() {
      await this.loadAreas();
      this.map.on("moveend", () => { this.placeNames(); this.report.viewport(this.viewport()); });
      this.map.on("zoomend", () => { this.resizeMarks(); this.syncOverlays(this.props.overlays); });
      this.map.on("mouseout", () => this.report.tip("", { x: 0, y: 0 }));
      this.finished = true;
    }

    // ---- areas -----------------------------------------------------------------------------

    async loadAreas() {
      const areas = this.props.areas || {};
      for (const old of [this.areaLayer, this.dashedLayer, this.parentLayer]) if (old) old.remove();
      this.areas = areas.url ? S.numbered(await S.fetchJson(areas.url)) : S.EMPTY;
      this.parents = areas.parents ? S.numbered(await S.fetchJson(areas.parents)) : S.EMPTY;
      this.loadedAreas = areas.url;
      this.patterns();
      this.byId = new Map();
      this.areaLayer = this.L.geoJSON(this.drawn(this.areas), {
        renderer: this.canvas, style: f => this.areaStyle(f.id),
        onEachFeature: (f, layer) => { this.byId.set(f.id, layer); this.listen(layer, "areas", f); },
      }).addTo(this.map);
      this.dashedLayer = this.L.geoJSON(S.approximateBorders(this.areas), {
        renderer: this.canvas, interactive: false, style: { color: this.look.parent, weight: 1.1 * this.k, opacity: 0.8, dashArray: `${4 * this.k} ${3 * this.k}` },
      }).addTo(this.map);
      this.parentLayer = this.L.geoJSON(this.drawn(this.parents), {
        renderer: this.canvas, interactive: false, style: { fill: false, color: this.look.parent, weight: 1.3 * this.k, opacity: 0.75 },
      }).addTo(this.map);
      this.labelled = [...S.centres(this.parents).features.map(f => ({ f, town: true })), ...S.centres(this.areas).features.sort((a, b) => b.properties.size - a.properties.size).map(f => ({ f, town: false }))];
      this.firstView();
      this.placeNames();
    }

    /** Areas known by code only have no shape to draw. */
    drawn(collection) {
      return { ...collection, features: collection.features.filter(f => f.geometry) };
    }

    firstView() {
      if (this.placed) return;
      const view = this.props.view || {}, box = view.bounds || (view.center ? null : S.bounds(this.areas));
      if (box) this.map.fitBounds(corners(box), { animate: false, padding: [16, 16] });
      this.placed = Boolean(box || view.center);
    }

    patterns() {
      const pen = document.createElement("canvas").getContext("2d");
      this.fills = {};
      for (const step of this.props.ramp || []) this.fills[step.value] = step.pattern ? this.pattern(pen, step) : step.color;
    }

    pattern(pen, step) {
      const mark = S.icon(step.pattern, this.look, 1), tile = document.createElement("canvas");
      tile.width = mark.width; tile.height = mark.height;
      const own = tile.getContext("2d");
      own.fillStyle = step.color; own.fillRect(0, 0, tile.width, tile.height);
      own.drawImage(mark, 0, 0);
      return pen.createPattern(tile, "repeat"); // Leaflet hands fillColor to the canvas as it is
    }

    areaStyle(id) {
      const value = this.values ? this.values[id] : S.NO_VALUE;
      return { fillColor: this.fills[value] || this.look.blank, fillOpacity: 0.88, weight: 0.8 * this.k, color: this.look.outline, opacity: 1 };
    }

    repaint(ids) {
      for (const id of ids) { const layer = this.byId.get(id); if (layer) layer.setStyle(this.areaStyle(id)); }
    }

    paintValues(values) {
      if (!values) return;
      const old = this.values;
      this.values = values.slice();
      this.map.__values = this.values; // for tests
      this.repaint([...values.keys()].filter(i => !old || old[i] !== values[i]));
    }

    select(code) {
      const found = typeof code === "number" ? code : (this.areas.features.find(f => code && String(f.properties.code) === String(code)) || {}).id ?? null;
      if (found === this.selected) return;
      this.selected = found;
      if (this.focus) { this.focus.remove(); this.focus = null; }
      const layer = this.byId.get(found);
      if (!layer) return;
      const style = { fill: false, color: this.look.selected, weight: 3 * this.k };
      this.focus = this.L.geoJSON(layer.feature, { renderer: this.canvas, interactive: false, style }).addTo(this.map);
    }

    // ---- names -----------------------------------------------------------------------------

    /** Greedy and largest first: a name that would touch another one waits for a closer zoom. */
    placeNames() {
      this.names.replaceChildren();
      if (this.props.labels === false) return;
      const size = this.map.getSize(), taken = [];
      for (const { f, town } of this.labelled) {
        const name = S.nameOf(f.properties, this.props.language);
        const [lng, lat] = f.geometry.coordinates, p = this.map.latLngToContainerPoint([lat, lng]);
        const half = (name.length * (town ? 19 : 12) * (/[^\x00-\x7f]/.test(name) ? 1 : 0.55) * this.k) / 2 + 3, high = (town ? 13 : 10) * this.k;
        const box = [p.x - half, p.y - high, p.x + half, p.y + high];
        if (box[0] < 0 || box[1] < 0 || box[2] > size.x || box[3] > size.y || taken.some(b => overlap(b, box))) continue;
        taken.push(box);
        this.names.append(label(name, p, town));
      }
    }

    // ---- overlays --------------------------------------------------------------------------

    async syncOverlays(list) {
      const wanted = new Map((list || []).map(o => [o.id, o]));
      for (const [id, entry] of this.overlays) if (!wanted.has(id)) { if (entry.layer) entry.layer.remove(); this.overlays.delete(id); }
      await Promise.all([...wanted.values()].map(o => this.syncOverlay(o).catch(e => this.complain(o.id, e))));
      if (!this.dead) this.reorder();
    }

    complain(id, error) { if (!this.dead) console.error(`map: ${id}:`, error.message); }

    /** Adding a layer puts it on top of the canvas; this puts all back into their order. */
    reorder() {
      const layers = [["areas", this.areaLayer], ["approximate", this.dashedLayer], ["parents", this.parentLayer], ["focus", this.focus]];
      for (const { drawn, shapes } of this.overlays.values()) if (drawn) layers.push([drawn.kind, shapes]);
      layers.sort((a, b) => ORDER.indexOf(a[0]) - ORDER.indexOf(b[0]));
      for (const [, layer] of layers) if (layer && this.map.hasLayer(layer)) layer.bringToFront();
    }

    async syncOverlay(overlay) {
      const entry = this.overlays.get(overlay.id) || {};
      this.overlays.set(overlay.id, entry);
      entry.overlay = overlay;
      const shown = overlay.visible !== false && this.map.getZoom() - 1 >= S.firstZoom(overlay);
      if (shown && !(entry.drawn && S.same(without(entry.drawn), without(overlay)))) {
        const data = overlay.url ? await S.fetchJson(overlay.url) : overlay.data || S.EMPTY;
        if (this.dead || entry.overlay !== overlay) return;
        if (entry.layer) entry.layer.remove();
        entry.shapes = this.draw(overlay, data);
        entry.layer = overlay.kind === "hotspot" ? this.withBadges(overlay, entry.shapes, data) : entry.shapes;
        entry.drawn = overlay;
      }
      if (!entry.layer) return;
      if (shown) entry.layer.addTo(this.map); else entry.layer.remove();
    }

    draw(overlay, data) {
      const style = overlay.style || {};
      return this.L.geoJSON(this.drawn(data), {
        renderer: this.canvas, interactive: CLICKED.includes(overlay.kind),
        style: f => this.pathStyle(overlay.kind, style, f.properties),
        pointToLayer: (f, at) => this.point(overlay.kind, style, f.properties, at),
        onEachFeature: (f, l) => CLICKED.includes(overlay.kind) && this.listen(l, overlay.id, f),
      });
    }

    withBadges(overlay, shapes, data) {
      return this.L.layerGroup([shapes, ...S.centres(data).features.map(f => this.badge(overlay, f))]);
    }

    badge(overlay, f) {
      const [lng, lat] = f.geometry.coordinates;
      const marker = this.L.marker([lat, lng], { icon: this.icon(`badge|${f.properties.rank}`, 26), pane: "badges", zIndexOffset: -10 * f.properties.rank, title: f.properties.tip || "" });
      this.listen(marker, overlay.id, f);
      return marker;
    }

    icon(name, size, anchor) {
      const side = size * this.k, drawn = S.icon(name, this.look, 2 * this.k);
      const html = `<img class="sanling-map__icon" alt="" width="${side}" height="${side}" src="${drawn.toDataURL()}">`;
      return this.L.divIcon({ html, className: "", iconSize: [side, side], iconAnchor: anchor && anchor.map(a => a * this.k) });
    }

    pathStyle(kind, style, p) {
      const { look, k } = this;
      if (kind === "hotspot") return { color: style.color || look.hotspot, weight: 2 * k, fillOpacity: style.opacity ?? 0.22 };
      if (kind === "sector") return { color: style.color || look.camera, weight: 0.8 * k, opacity: 0.6, fillOpacity: style.opacity ?? 0.25 };
      if (kind === "route") return { color: this.crew(style, p), weight: 3 * k };
      if (kind === "fill") return { stroke: false, fillColor: style.color || look.land, fillOpacity: style.opacity ?? 0.8 };
      const river = RIVERS.includes(p.kind);
      return { color: style.color || (river ? look.river : look.road), weight: (style.width || (river ? 1.5 : 0.8)) * k, opacity: style.opacity ?? 0.55 };
    }

    crew(style, p) {
      const colours = style.colors || S.CREW_COLOURS;
      return colours[(Number(p.crew) || 0) % colours.length];
    }

    point(kind, style, p, at) {
      const { L, look, k } = this, renderer = this.canvas;
      if (kind === "route") return L.marker(at, { icon: this.icon(`stop|${p.stop}|${this.crew(style, p)}`, 20, [-4, 23]), pane: "badges" });
      const mark = (size, fillColor) => this.sizedMark(L.circleMarker(at, { renderer, fillColor, fillOpacity: 0.9, color: "#0b1826", weight: 0.7 * k }), size);
      if (kind === "dot") return mark(2.6, p.online === false ? look.offline : style.color || look.camera);
      if (kind === "unit") return mark(3, S.STATUS_COLOURS[p[style.color_by || "status"]] || S.STATUS_COLOURS.not_assessed);
      const n = p.n || 1, colours = style.colors || S.STREAM_COLOURS;
      const size = n > 1 ? Math.min(24, 4.5 + 1.7 * Math.sqrt(n)) : style.radius || 3.5;
      return mark(size, colours[p[style.color_by || "stream"]] || style.color || "#f5d547");
    }

    /** Marks grow with the zoom, as MapLibre's do. */
    sizedMark(mark, size) {
      const zoom = this.map.getZoom() - 1, grown = Math.min(1.8, Math.max(0.5, 0.5 + (zoom - 8) / 8));
      mark.size = size;
      return mark.setRadius(size * grown * this.k);
    }

    resizeMarks() {
      const each = l => { if (l.eachLayer) l.eachLayer(each); else if (l.size) this.sizedMark(l, l.size); };
      for (const entry of this.overlays.values()) if (entry.layer) each(entry.layer);
    }

    // ---- pointer ---------------------------------------------------------------------------

    listen(layer, owner, f) {
      if (this.props.interactive === false) return;
      const id = owner === "areas" ? f.id : f.properties.id ?? f.id ?? null;
      layer.on("click", e => {
        this.L.DomEvent.stopPropagation(e);
        this.report.click(S.click(owner, id, f.properties, [e.latlng.lng, e.latlng.lat]));
      });
      layer.on("mousemove mouseover", e => this.report.tip(this.tip(owner, id, f.properties), e.containerPoint));
      layer.on("mouseout", () => this.report.tip("", { x: 0, y: 0 }));
    }

    tip(owner, id, p) {
      if (owner !== "areas") return p.tip || S.nameOf(p, this.props.language);
      const text = this.values ? S.labelOf(this.props.ramp, this.values[id]) : "";
      return [S.nameOf(p, this.props.language), text].filter(Boolean).join("\n");
    }

    viewport() {
      const c = this.map.getCenter(), b = this.map.getBounds();
      return { center: [c.lng, c.lat], zoom: this.map.getZoom() - 1, bounds: [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()] };
    }

    // ---- props -----------------------------------------------------------------------------

    async update(props, before) {
      this.props = props;
      if (this.look !== S.theme(props.theme)) this.retheme();
      if ((props.areas || {}).url !== this.loadedAreas) { this.values = null; this.selected = null; await this.loadAreas(); }
      if (!S.same(props.ramp, before.ramp)) { this.patterns(); this.repaint(this.byId.keys()); }
      this.select(props.selected);
      if (props.labels !== before.labels || props.language !== before.language) this.placeNames();
      this.reorder(); // the outline of the selected area is new
      if (props.flyTo && !S.same(props.flyTo, before.flyTo)) this.fly(props.flyTo);
    }

    retheme() {
      this.look = S.theme(this.props.theme);
      this.patterns();
      this.repaint(this.byId.keys());
      for (const entry of this.overlays.values()) entry.drawn = null;
    }

    fly({ bounds, center, zoom, maxZoom }) {
      if (bounds) this.map.fitBounds(corners(bounds), { animate: false, maxZoom: (maxZoom ?? 16) + 1 });
      else this.map.setView([center[1], center[0]], zoom === undefined ? this.map.getZoom() : zoom + 1, { animate: false });
    }

    destroy() { this.dead = true; this.map.remove(); this.names.remove(); }
  }

  const corners = box => [[box[1], box[0]], [box[3], box[2]]];
  const overlap = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
  const without = ({ visible, ...rest }) => rest;

  function label(name, at, town) {
    const span = document.createElement("span");
    span.textContent = name;
    span.className = town ? "town" : "";
    span.style.left = `${at.x}px`; span.style.top = `${at.y}px`;
    return span;
  }

  S.leaflet = { Engine: LeafletEngine };
})();
