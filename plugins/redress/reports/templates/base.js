"use strict";
// Shared by all pages: whether they are older than they should be, and small tools.
const redress = {
  data(id) {
    const holder = document.getElementById(id);
    return holder ? JSON.parse(holder.textContent) : null;
  },
  decisions() {
    const decided = window.redressDecisions || { accepted: [], withdrawn: [] };
    return {
      accepted: new Map(decided.accepted.map((one) => [one.key, one.number])),
      withdrawn: new Map(decided.withdrawn.map((one) => [one.key, one.number])),
    };
  },
  number(value) {
    return value.toLocaleString("en-GB");
  },
  day(iso) {
    if (!iso) return "–";
    const [year, month, day] = iso.split("-").map(Number);
    const names = "January February March April May June July August September October November December".split(" ");
    return `${day} ${names[month - 1]} ${year}`;
  },
};
(() => {
  const built = new Date(document.body.dataset.builtAt);
  const hours = (Date.now() - built.getTime()) / 3600000;
  if (hours <= 28) return;
  const told = document.getElementById("stale");
  const days = Math.floor(hours / 24);
  told.textContent =
    `These pages were built ${days === 1 ? "a day" : days + " days"} ago. The nights since then did not get as far: ` +
    "ask whoever runs the nightly load.";
  told.hidden = false;
})();
// Skipping to the content moves the focus only: the address keeps what a page was asked to show.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("content").focus();
});
