/* The Dash component: React from Dash, one of two engines, frames, tooltip, reports back. */
(function () {
  "use strict";
  const R = window.React, S = window.sanlingMap;

  const FRAME_MS = 700;
  const VIEWPORT_MS = 250;

  /** MapLibre where WebGL2 and its files are there; else Leaflet, so that a map always comes. */
  async function start(box, props, report) {
    if (props.engine !== "leaflet" && S.maplibre.supported()) {
      try {
        const lib = await S.maplibre.load();
        return { webgl: true, engine: new S.maplibre.Engine(lib, box, props, report) };
      } catch (error) {
        console.warn("map: drawn without WebGL,", error.message);
        box.replaceChildren();
      }
    }
    return { webgl: false, engine: new S.leaflet.Engine(box, props, report) };
  }

  /** The months of `series`, fetched once; a frame is a slice of it. */
  class Frames {
    constructor() { this.key = null; this.bytes = null; this.loading = Promise.resolve(); }

    load(series) {
      const key = series ? series.url || series.b64 : null;
      if (key !== this.key) {
        this.key = key; this.bytes = null; this.series = series;
        this.loading = key ? this.fetch(key, series) : Promise.resolve();
      }
      return this.loading;
    }

    async fetch(key, series) {
      const bytes = series.url ? await S.fetchBytes(series.url) : S.bytes(series.b64);
      if (this.key === key) this.bytes = bytes;
    }

    at(frame) {
      if (!this.bytes || frame === null || frame === undefined) return null;
      const { months, n } = this.series;
      const k = Math.min(Math.max(frame, 0), months - 1);
      return this.bytes.subarray(k * n, (k + 1) * n);
    }
  }

  /** Keeps one map in step with the props; updates run one after the other. */
  class Keeper {
    constructor(box, tip, latest) {
      Object.assign(this, { box, tip, latest, frames: new Frames(), before: {}, timer: null, alive: true });
      this.queue = this.begin();
    }

    send(props) { const { setProps } = this.latest.current; if (this.alive && setProps) setProps(props); }

    async begin() {
      await sized(this.box);
      if (!this.alive) return;
      const props = this.latest.current;
      const { webgl, engine } = await start(this.box, props, this.report());
      if (!this.alive) { engine.destroy(); return; }
      this.engine = engine;
      (window.__mapview = window.__mapview || {})[props.id] = engine.map; // for browser tests
      await engine.ready;
      this.before = props;
      engine.map.__drawn = 0; // how many updates are on the map, for browser tests
      await this.change(props, {});
      this.send({ ready: true, webgl, viewport: engine.viewport() });
    }

    report() {
      return {
        click: data => this.send({ clickData: data }),
        viewport: view => { clearTimeout(this.later); this.later = setTimeout(() => this.send({ viewport: view }), VIEWPORT_MS); },
        tip: (text, point) => showTip(this.tip, this.box, text, point),
      };
    }

    complain(error) { if (this.alive) console.error("map:", error.message); }

    step() {
      this.queue = this.queue.then(() => this.alive && this.engine && this.apply()).catch(error => this.complain(error));
    }

    async apply() {
      const props = this.latest.current, before = this.before;
      if (props === before) return;
      this.before = props;
      await this.change(props, before);
    }

    /** Colours come at once; an overlay that is slow to arrive holds up nothing but itself. */
    async change(props, before) {
      await this.engine.update(props, before);
      await this.paint(props);
      this.engine.syncOverlays(props.overlays).then(() => { this.engine.map.__drawn += 1; });
    }

    async paint(props) {
      const asked = props.frame ?? null, loading = this.frames.load(props.series);
      if (!this.timer || asked !== this.told) this.frame = asked; // while playing, our own report comes back late
      this.told = asked;
      if (this.frame !== null || props.playing) await loading; // else the months may come later than the colours
      else loading.catch(error => this.complain(error));
      this.engine.paintValues(this.frames.at(this.frame) || S.bytes(props.values));
      this.play(props.playing);
    }

    play(playing) {
      if (!playing || !this.frames.bytes) { clearInterval(this.timer); this.timer = null; return; }
      if (this.timer) return;
      const last = this.frames.series.months - 1;
      if (this.frame === null || this.frame >= last) this.frame = -1;
      this.timer = setInterval(() => this.tick(last), FRAME_MS);
    }

    tick(last) {
      this.frame += 1;
      this.engine.paintValues(this.frames.at(this.frame));
      this.told = this.frame;
      if (this.frame < last) { this.send({ frame: this.frame }); return; }
      clearInterval(this.timer); this.timer = null;
      this.send({ frame: this.frame, playing: false });
    }

    end() {
      this.alive = false;
      clearInterval(this.timer); clearTimeout(this.later);
      if (this.engine) this.engine.destroy();
    }
  }

  /** A map cannot be fitted into a box without a size (a hidden tab): wait for one. */
  function sized(box) {
    if (box.clientWidth && box.clientHeight) return Promise.resolve();
    return new Promise(resolve => {
      const watch = new ResizeObserver(() => {
        if (box.clientWidth && box.clientHeight) { watch.disconnect(); resolve(); }
      });
      watch.observe(box);
    });
  }

  function showTip(tip, box, text, point) {
    tip.hidden = !text;
    if (!text) return;
    tip.textContent = text;
    const left = point.x + 14 + tip.offsetWidth > box.clientWidth ? point.x - tip.offsetWidth - 10 : point.x + 14;
    const top = Math.min(point.y + 14, box.clientHeight - tip.offsetHeight - 4);
    tip.style.transform = `translate(${Math.max(2, left)}px, ${Math.max(2, top)}px)`;
  }

  function MapView(props) {
    const box = R.useRef(null), tip = R.useRef(null), latest = R.useRef(props), keeper = R.useRef(null);
    latest.current = props;
    R.useEffect(() => {
      keeper.current = new Keeper(box.current, tip.current, latest);
      const keeping = keeper.current;
      keeping.queue.catch(error => keeping.complain(error));
      return () => keeper.current.end();
    }, []);
    R.useEffect(() => keeper.current.step());
    const theme = props.theme === "light" ? "light" : "dark";
    return R.createElement("div", { id: props.id, className: `sanling-map sanling-map--${theme} ${props.className || ""}`, style: props.style },
      R.createElement("div", { ref: box, className: "sanling-map__box" }),
      R.createElement("div", { ref: tip, className: "sanling-map__tip", role: "tooltip", hidden: true }));
  }

  window.sanling_map_view = Object.assign(window.sanling_map_view || {}, { MapView });
})();
