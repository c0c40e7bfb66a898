"use strict";
// Filters rows that are in the page already: selects with data-filter="x" look at the rows' data-x, where several values
// are joined by semicolons. The choices are kept in the address, so that a filtered list can be linked to.
for (const filters of document.querySelectorAll("[data-filters]")) {
  const rows = [...document.getElementById(filters.dataset.filters).rows];
  const selects = [...filters.querySelectorAll("select")];
  const count = filters.querySelector(".count");
  const values = (row, name) => row.dataset[name].split(";").filter(Boolean);

  const fill = (select) => {
    const all = new Option("All", "");
    const found = [...new Set(rows.flatMap((row) => values(row, select.dataset.filter)))];
    select.replaceChildren(all, ...found.map((value) => new Option(value, value)));
  };
  const show = () => {
    const chosen = selects.filter((select) => select.value);
    let shown = 0;
    for (const row of rows) {
      row.hidden = !chosen.every((select) => values(row, select.dataset.filter).includes(select.value));
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = `${redress.number(shown)} of ${redress.number(rows.length)} shown`;
  };
  const read = () => {
    const wanted = new URLSearchParams(location.hash.slice(1));
    for (const select of selects) {
      select.value = wanted.get(select.dataset.filter) || "";
      if (select.selectedIndex < 0) select.value = "";
    }
    show();
  };
  const keep = () => {
    const chosen = selects.filter((select) => select.value).map((select) => [select.dataset.filter, select.value]);
    history.replaceState(null, "", chosen.length ? `#${new URLSearchParams(chosen)}` : location.pathname);
    show();
  };
  selects.forEach(fill);
  filters.addEventListener("change", keep);
  window.addEventListener("hashchange", read);
  read();
}
