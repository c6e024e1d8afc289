/* Functions that the components' props name. */
(function () {
  "use strict";
  const WEEKDAYS = ["日", "一", "二", "三", "四", "五", "六"];
  const dates = window.dashMantineFunctions = window.dashMantineFunctions || {};
  dates.weekdayZh = date => WEEKDAYS[new Date(date).getDay()];

  const grid = window.dashAgGridFunctions = window.dashAgGridFunctions || {};
  const number = text => { const found = /\d+/.exec(text || ""); return found ? Number(found[0]) : -1; };
  grid.byNumberIn = (a, b) => number(a) - number(b);
  grid.sanlingGridTheme = theme => theme.withParams({
    backgroundColor: "var(--panel)", foregroundColor: "var(--text)", headerBackgroundColor: "var(--panel-2)",
    headerTextColor: "var(--muted)", borderColor: "var(--line)", accentColor: "var(--accent)", rowHoverColor: "var(--hover)",
    selectedRowBackgroundColor: "var(--hover)", oddRowBackgroundColor: "transparent", fontFamily: "var(--font)",
    fontSize: "0.8rem", headerFontSize: "0.75rem", rowHeight: "1.9rem", headerHeight: "2rem", spacing: "0.3rem",
    wrapperBorderRadius: "0", browserColorScheme: "inherit",
  });
})();
