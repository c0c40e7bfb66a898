"use strict";
// Accepting a warning: inside Airflow at once, elsewhere by the command to run.
const issueAccept = (() => {
  const { element, lines, shortDay } = issueTable;
  const find = (id) => document.getElementById(id);
  const dialog = find("decide");
  const form = find("decide-form");
  const fields = form.elements;
  let issue = null;
  let isTakingBack = false;
  let session = null;
  let opener = null;

  const nameOf = (one) => `${one.rule} on ${one.case_ref || one.key}${one.column_name ? `, ${one.column_name.replaceAll("|", ", ")}` : ""}`;
  const whyNot = (one) => {
    if (!one.key) return "No: it is about the whole extract";
    if (one.severity !== "warning") return "No: held back until corrected";
    return null;
  };
  const button = (one, text, name, act) => {
    const made = element("button", text, { type: "button", class: "small", "aria-label": name, "aria-haspopup": "dialog" });
    made.addEventListener("click", () => open(one, act, made));
    return made;
  };
  // The last cell of a row.
  const cell = (one) => {
    if (one.state === "resolved") {
      return lines(one.resolution === "withdrawn" ? "Record withdrawn" : "Corrected", one.resolved_on && shortDay(one.resolved_on));
    }
    if (one.state === "open") {
      return whyNot(one) ? element("span", whyNot(one), { class: "quiet" }) : button(one, "Accept", `Accept ${nameOf(one)}`, false);
    }
    const told = one.accepted_by
      ? `by ${one.accepted_by}, ${shortDay(one.accepted_on)}${one.accepted_until ? `, until ${shortDay(one.accepted_until)}` : ", no end date"}`
      : "since the last night";
    return lines(
      one.reason || "Accepted",
      told,
      one.number ? `number ${one.number}` : null,
      one.number ? button(one, "Take back", `Take back the acceptance of ${nameOf(one)}`, true) : null,
    );
  };

  const quoted = (text) => (/^[\w./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\"'\"'")}'`);
  const oneLine = (text) => text.replace(/\s+/g, " ").trim();
  const command = () => {
    const said = ["--by", oneLine(fields.by.value) || "ROLE", "--reason", oneLine(fields.reason.value) || "WHY"];
    if (isTakingBack) return ["redress", "accept", "--withdraw", String(issue.number), "--council", issue.council, ...said];
    const column = issue.column_name ? ["--column", issue.column_name] : [];
    // One row of the page is one record, and a case may have several with the same fault.
    const record = issue.case_ref && issue.case_ref !== issue.key ? ["--record", issue.key] : [];
    const until = fields.until.value ? ["--until", fields.until.value] : [];
    const reference = issue.case_ref || issue.key;
    // Behind -- nothing is taken for an option.
    const named = reference.startsWith("-") ? [[], ["--", issue.rule, reference]] : [[issue.rule, reference], []];
    return ["redress", "accept", ...named[0], "--council", issue.council, ...record, ...column, ...until, ...said, ...named[1]];
  };
  const showCommand = () => {
    find("decide-command").value = command().map(quoted).join(" ");
  };

  // Who is logged in to Airflow; null where the page is not in it.
  const ask = async () => {
    if (!location.protocol.startsWith("http")) return null;
    try {
      const answer = await fetch("../session", { headers: { Accept: "application/json" } });
      return answer.ok ? await answer.json() : answer.status === 401 ? { hasEnded: true } : null;
    } catch {
      return null;
    }
  };
  const where = (canPost) => {
    const byCommand = "Someone who runs Redress can do it with this command:";
    if (canPost) return `It is kept with your name in Airflow, ${session.user}, and can be taken back.`;
    if (!session) return `This page cannot do it itself; open it in Airflow. ${byCommand}`;
    if (session.hasEnded) return `Your log-in has expired: log in again and reload this page. ${byCommand}`;
    return `You are logged in as ${session.user}, who may not do this here. ${byCommand}`;
  };
  const open = async (one, takesBack, from) => {
    [issue, isTakingBack, opener] = [one, takesBack, from];
    session = await ask();
    const canPost = Boolean(session && session.may_accept);
    find("decide-title").textContent = takesBack ? `Take back acceptance ${one.number}` : `Accept ${nameOf(one)}`;
    find("decide-text").textContent = takesBack
      ? `${nameOf(one)}: it will be open again, with everything else that this acceptance covers.`
      : `${issueLog.rules[one.rule] ? `The rule: ${issueLog.rules[one.rule].text}. ` : ""}` +
        "The issue leaves the open ones until the record changes in what the rule looks at, or until the day you give.";
    find("decide-where").textContent = where(canPost);
    find("decide-shell").hidden = canPost;
    find("decide-send").hidden = !canPost;
    find("decide-send").textContent = takesBack ? "Take back" : "Accept";
    find("decide-until").hidden = takesBack;
    find("decide-problem").hidden = true;
    find("decide-send").disabled = false;
    fields.reason.value = fields.until.value = "";
    showCommand();
    dialog.showModal();
    fields.reason.focus();
  };

  const post = async (to, body) => {
    const answer = await fetch(`../${to}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Redress-Token": session.token },
      body: JSON.stringify(body),
    });
    const told = await answer.json().catch(() => ({}));
    if (answer.status === 401) throw new Error("Your log-in has expired: log in again and reload this page.");
    if (!answer.ok) throw new Error(typeof told.detail === "string" ? told.detail : `Airflow answered ${answer.status}; try again.`);
    return told;
  };
  const problem = (error) => {
    const sentence = error instanceof TypeError ? "Airflow cannot be reached; try again." : error.message;
    find("decide-problem").textContent = sentence;
    find("decide-problem").hidden = false;
    find("decide-send").disabled = false;
  };

  const status = find("decided");
  const tell = (sentence, undo) => {
    status.hidden = false;
    find("decided-text").textContent = sentence;
    const back = find("undo");
    back.hidden = !undo;
    back.disabled = false;
    back.onclick = undo;
    (undo ? back : status).focus();
  };
  const settle = (places, number, reason) => {
    for (const place of places) issueLog.decide(place, number);
    if (number) issueLog.reasons[`${issue.council}|${number}`] = reason;
    issueTable.show();
  };
  const takeBack = async (one, number, by, reason) => {
    await post("withdraw", { council: one.council, number, reason, by });
    settle(issueLog.numbered(one.council, number), 0);
  };
  const accept = async (by, reason) => {
    const one = issue;
    const { number, sentence } = await post("accept", {
      council: one.council,
      rule: one.rule,
      case_ref: one.case_ref || one.key,
      entity: one.entity,
      record_key: one.key,
      column_name: one.column_name,
      reason,
      by,
      until: fields.until.value || null,
    });
    dialog.close();
    settle(issueLog.alike(one), number, reason);
    const undo = async () => {
      find("undo").disabled = true;
      try {
        session = (await ask()) || session;
        await takeBack(one, number, by, "Undone at once");
        tell(`${nameOf(one)} is open again.`, null);
      } catch (error) {
        tell(`It could not be undone: ${error.message}`, undo);
      }
    };
    tell(sentence || `${nameOf(one)} is accepted, number ${number}.`, undo);
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (find("decide-send").hidden) return;
    const [by, reason] = [oneLine(fields.by.value), oneLine(fields.reason.value)];
    if (!by || !reason) return problem(new Error("Give a reason and your role."));
    find("decide-send").disabled = true;
    try {
      if (isTakingBack) {
        await takeBack(issue, issue.number, by, reason);
        dialog.close();
        tell(`Acceptance ${issue.number} is taken back; ${nameOf(issue)} is open again.`, null);
      } else await accept(by, reason);
    } catch (error) {
      problem(error);
    }
  });
  form.addEventListener("input", showCommand);
  find("decide-cancel").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    if (opener && opener.isConnected) opener.focus();
  });
  find("decide-copy").addEventListener("click", async () => {
    const shown = find("decide-command");
    try {
      await navigator.clipboard.writeText(shown.value);
    } catch {
      shown.select();
      document.execCommand("copy");
    }
    find("decide-copied").textContent = "Copied.";
  });
  dialog.addEventListener("close", () => {
    find("decide-copied").textContent = "";
  });
  return { cell };
})();
issueTable.start();
