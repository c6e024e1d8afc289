/* Words and functions that components look for by name. */
(function () {
  "use strict";
  const days = "日一二三四五六".split(""), months = [...Array(12).keys()].map(i => `${i + 1}月`);
  window["dayjs_locale_zh-cn"] = {
    name: "zh-cn", weekStart: 1, weekdays: days.map(d => `星期${d}`), weekdaysShort: days.map(d => `周${d}`), weekdaysMin: days,
    months, monthsShort: months, ordinal: n => `${n}日`,
    formats: { LT: "HH:mm", LTS: "HH:mm:ss", L: "YYYY/MM/DD", LL: "YYYY年M月D日", LLL: "YYYY年M月D日 HH:mm", LLLL: "YYYY年M月D日 dddd HH:mm" },
  };

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
