/* How each kind of overlay is drawn by MapLibre: kind -> layers, from the ground up. */
(function () {
  "use strict";
  const S = window.sanlingMap;

  // Every layer has a slot; a layer is put in below all layers of a higher slot.
  const SLOT = {
    land: 10, areas: 20, pattern: 21, ground: 30, outline: 40, parents: 41, heat: 50, sector: 55, hotspot: 60,
    route: 65, dot: 70, unit: 72, circle: 74, focus: 80, names: 85, towns: 86, count: 88, stop: 90, badge: 92,
  };

  const RIVERS = ["river", "stream", "canal", "reservoir", "lake", "water"];
  const BIG = ["motorway", "trunk", "primary", "highway", "expressway", "national", "provincial", "county"];
  const MIDDLE = ["secondary", "tertiary", "township", "main_street", "street"];

  const byZoom = (...stops) => ["interpolate", ["linear"], ["zoom"], ...stops];
  const text = property => ["to-string", ["coalesce", ["get", property], ""]];
  const isLine = ["in", ["geometry-type"], ["literal", ["LineString", "MultiLineString"]]];
  const isPoint = ["==", ["geometry-type"], "Point"];

  function pick(property, colours, otherwise) {
    const pairs = Object.entries(colours || {}).flat();
    return pairs.length ? ["match", text(property), ...pairs, otherwise] : otherwise;
  }

  const roadWidth = factor => ["*", factor, ["match", text("kind"), BIG, 2.4, MIDDLE, 1.5, RIVERS, 1.6, 0.7]];

  function line({ style, look, px }) {
    const colour = style.color || ["match", text("kind"), RIVERS, look.river, look.road];
    const width = style.width ? px(style.width) : byZoom(8, roadWidth(px(0.4)), 11, roadWidth(px(0.8)), 14, roadWidth(px(1.5)), 17, roadWidth(px(4)));
    const opacity = style.opacity || byZoom(8, ["match", text("kind"), [...BIG, ...RIVERS], 0.75, 0.12], 11.5, ["match", text("kind"), [...BIG, ...RIVERS], 0.8, 0.45], 15, 0.8);
    return [{
      slot: SLOT.ground, type: "line", layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": colour, "line-width": width, "line-opacity": opacity },
    }];
  }

  function fill({ style, look, minzoom }) {
    const colour = style.color || ["match", text("kind"), RIVERS, look.river, ["building", "house", "residential", "shop", "workshop", "public"], look.building, look.land];
    return [{ slot: style.above ? SLOT.ground : SLOT.land, type: "fill", minzoom, paint: { "fill-color": colour, "fill-opacity": style.opacity ?? 0.8 } }];
  }

  function circle({ style, px }) {
    const n = ["coalesce", ["get", "n"], 1];
    const radius = r => ["case", [">", n, 1], ["min", px(24), ["+", px(r + 1), ["*", px(1.7), ["sqrt", n]]]], px(r)];
    const base = style.radius || 3.5;
    return [{
      slot: SLOT.circle, type: "circle", clicks: true, layout: { "circle-sort-key": ["-", 0, n] },
      paint: {
        "circle-radius": byZoom(8, radius(base * 0.6), 12, radius(base), 16, radius(base * 1.8)),
        "circle-color": pick(style.color_by || "stream", style.colors || S.STREAM_COLOURS, style.color || "#f5d547"),
        "circle-opacity": style.opacity ?? 0.9, "circle-stroke-color": "#0b1826", "circle-stroke-width": px(0.9),
      },
    }, {
      slot: SLOT.count, type: "symbol", filter: [">", n, 1],
      layout: { "text-field": ["to-string", ["get", "n"]], "text-font": S.FONTS, "text-size": px(11) },
      paint: { "text-color": "#0b1826" },
    }];
  }

  function dot({ style, look, px }) {
    const online = style.color || look.camera;
    return [{
      slot: SLOT.dot, type: "circle", clicks: true,
      paint: {
        "circle-radius": byZoom(8, px(1.2), 12, px(2.6), 16, px(6)),
        "circle-color": ["case", ["==", ["get", "online"], false], look.offline, online],
        "circle-stroke-color": look.rim, "circle-stroke-width": byZoom(9, px(0.3), 13, px(1)),
      },
    }];
  }

  function sector({ style, look, px, minzoom }) {
    const colour = style.color || look.camera;
    return [
      { slot: SLOT.sector, type: "fill", minzoom, paint: { "fill-color": colour, "fill-opacity": style.opacity ?? 0.25 } },
      { slot: SLOT.sector, type: "line", minzoom, paint: { "line-color": colour, "line-width": px(0.8), "line-opacity": 0.6 } },
    ];
  }

  function unit({ style }) {
    return [{
      slot: SLOT.unit, type: "symbol", clicks: true,
      layout: {
        "icon-image": ["concat", "unit|", text(style.color_by || "status")], "icon-allow-overlap": true, "icon-ignore-placement": true,
        "icon-size": byZoom(8, 0.25, 12, 0.5, 16, 1.1),
      },
    }];
  }

  function hotspot({ style, look, px }) {
    const colour = style.color || look.hotspot;
    return [
      { slot: SLOT.hotspot, type: "fill", clicks: true, paint: { "fill-color": colour, "fill-opacity": style.opacity ?? 0.22 } },
      { slot: SLOT.hotspot, type: "line", layout: { "line-join": "round" }, paint: { "line-color": look.casing, "line-width": px(4), "line-opacity": 0.7 } },
      { slot: SLOT.hotspot, type: "line", layout: { "line-join": "round" }, paint: { "line-color": colour, "line-width": px(2) } },
      {
        slot: SLOT.badge, type: "symbol", clicks: true, centres: true,
        layout: {
          "icon-image": ["concat", "badge|", text("rank")], "icon-allow-overlap": true, "icon-ignore-placement": true,
          "symbol-sort-key": ["-", 0, ["to-number", ["get", "rank"]]],
        },
      },
    ];
  }

  function route({ style, look, px }) {
    const colours = style.colors || S.CREW_COLOURS;
    const colour = ["at", ["%", ["to-number", ["get", "crew"]], colours.length], ["literal", colours]];
    const round = { "line-cap": "round", "line-join": "round" };
    return [
      { slot: SLOT.route, type: "line", filter: isLine, layout: round, paint: { "line-color": look.casing, "line-width": px(5.5), "line-opacity": 0.8 } },
      { slot: SLOT.route, type: "line", filter: isLine, layout: round, paint: { "line-color": ["to-color", colour], "line-width": px(2.6) } },
      {
        slot: SLOT.stop, type: "symbol", filter: isPoint, clicks: true,
        layout: {
          "icon-image": ["concat", "stop|", text("stop"), "|", colour], "icon-allow-overlap": true, "icon-ignore-placement": true,
          "icon-offset": [13, -13],
        },
      },
    ];
  }

  function heat({ style, px }) {
    return [{
      slot: SLOT.heat, type: "heatmap",
      paint: {
        "heatmap-weight": ["coalesce", ["get", "n"], 1], "heatmap-radius": byZoom(8, px(6), 12, px(16), 16, px(36)), "heatmap-opacity": style.opacity ?? 0.75,
        "heatmap-color": ["interpolate", ["linear"], ["heatmap-density"], 0, "rgba(0,0,0,0)", 0.2, "#3b5a8a", 0.5, "#a66fb5", 0.8, "#f08a8a", 1, "#ffe9a8"],
      },
    }];
  }

  // Below these zooms an overlay would be specks: it is neither drawn nor fetched.
  const FIRST_ZOOM = { fill: 11, sector: 11 };
  const firstZoom = overlay => (overlay.style || {}).minzoom ?? FIRST_ZOOM[overlay.kind] ?? 0;

  S.SLOT = SLOT;
  S.firstZoom = firstZoom;
  S.overlayLayers = { line, fill, circle, dot, sector, unit, hotspot, route, heat };
})();
