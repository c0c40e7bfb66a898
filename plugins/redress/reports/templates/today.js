"use strict";
// What was decided since the page was built, in a line: the counts on it are those of the night.
(() => {
  const told = document.getElementById("decided");
  const { accepted, withdrawn } = redress.decisions();
  const said = [];
  if (accepted.size) said.push(`${redress.number(accepted.size)} ${accepted.size === 1 ? "warning" : "warnings"} accepted`);
  if (withdrawn.size) said.push(`${redress.number(withdrawn.size)} no longer accepted`);
  if (!said.length) return;
  told.querySelector("span").textContent = `${said.join(" and ")} since the last night.`;
  told.hidden = false;
})();
