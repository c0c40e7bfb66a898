"use strict";
// Filters the rules by outcome, severity and council, and sorts the table of all. The page holds every rule already; the
// choice stands in the address after #, as in rules.html#outcome=not_run&council=harrow.
(() => {
  const filters = document.getElementById("filters");
  const selects = [...filters.querySelectorAll("select")];
  const count = filters.querySelector(".count");
  const body = document.getElementById("overview").tBodies[0];
  const rules = [...body.rows].map((row) => {
    const section = document.querySelector(`section[data-rule="${row.dataset.rule}"]`);
    return { row, section, details: section.querySelector(".outcomes"), rows: [...section.querySelectorAll("tr[data-outcome]")] };
  });
  const ofServices = [...document.querySelectorAll("tr[data-council]:not([data-outcome])")];
  const chosen = () => Object.fromEntries(selects.map((select) => [select.dataset.filter, select.value]));

  const recount = ({ row, rows }, council) => {
    const own = rows.filter((one) => !council || one.dataset.council === council);
    const put = (cell, value, mark) => {
      cell.dataset.value = value;
      const shown = redress.number(value);
      if (mark && value) {
        const holder = document.createElement("span");
        holder.className = `mark ${mark}`;
        holder.textContent = shown;
        cell.replaceChildren(holder);
      } else cell.textContent = shown;
    };
    const marks = { fail: "bad", warn: "warn", pass: "good", not_run: "none" };
    for (const cell of row.querySelectorAll("[data-outcome]")) {
      const name = cell.dataset.outcome;
      put(cell, own.filter((one) => one.dataset.outcome === name).length, marks[name]);
    }
    put(row.querySelector("[data-open]"), own.reduce((sum, one) => sum + Number(one.dataset.open), 0));
  };

  const show = () => {
    const { outcome, severity, council } = chosen();
    let shown = 0;
    for (const rule of rules) {
      const fits = rule.rows.filter((one) => {
        one.hidden = (council && one.dataset.council !== council) || (outcome && one.dataset.outcome !== outcome);
        return !one.hidden;
      });
      const isShown = fits.length > 0 && (!severity || rule.section.dataset.severity === severity);
      rule.row.hidden = rule.section.hidden = !isShown;
      rule.details.open = Boolean(outcome || council);
      recount(rule, council);
      shown += isShown ? 1 : 0;
    }
    for (const one of ofServices) one.hidden = Boolean(council) && one.dataset.council !== council;
    count.textContent = `${shown} of ${rules.length} rules shown`;
  };

  const read = () => {
    const wanted = new URLSearchParams(location.hash.slice(1));
    const isRule = !location.hash.includes("=");
    for (const select of selects) {
      select.value = (!isRule && wanted.get(select.dataset.filter)) || "";
      if (select.selectedIndex < 0) select.value = "";
    }
    show();
    if (isRule && location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  };

  const keep = () => {
    const choice = Object.entries(chosen()).filter(([, value]) => value);
    history.replaceState(null, "", choice.length ? `#${new URLSearchParams(choice)}` : location.pathname);
    show();
  };

  const sort = (head, place) => {
    const down = head.getAttribute("aria-sort") === "ascending";
    const direction = head.dataset.sort === "number" && !head.hasAttribute("aria-sort") ? -1 : down ? -1 : 1;
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", direction < 0 ? "descending" : "ascending");
    const value = (rule) => rule.row.cells[place].dataset.value;
    const compare =
      head.dataset.sort === "number" ? (a, b) => value(a) - value(b) : (a, b) => value(a).localeCompare(value(b));
    rules.sort((a, b) => direction * compare(a, b) || a.row.dataset.rule.localeCompare(b.row.dataset.rule));
    body.append(...rules.map((rule) => rule.row));
  };
  [...document.querySelectorAll("#overview thead th")].forEach((head, place) => {
    if (!head.dataset.sort) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sort(head, place));
    head.replaceChildren(button);
  });

  filters.addEventListener("change", keep);
  window.addEventListener("hashchange", read);
  filters.hidden = false;
  read();
})();
