import { Check, CircleX, MapPin, RotateCcw, TriangleAlert, Wrench } from "lucide";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "../../parts/icon.tsx";
import { Trouble } from "../../parts/trouble.tsx";
import { problemWords } from "../../said_words.ts";
import type { DraftProblem } from "../../wire.gen.ts";
import { say } from "../../words.ts";
import { accept, mend, problemCount, problems, problemsTrouble, showProblem, shownProblem } from "./checking.ts";
import { isSaved } from "./editing.ts";
import { areProblemsOpen, openProblems } from "./room.ts";

function Problem({ problem, isEditable }: { problem: DraftProblem; isEditable: boolean }) {
  const isError = problem.severity === "error";
  const isShown = shownProblem.value?.problem_id === problem.problem_id;
  return (
    <li class={`problem-row ${isShown ? "is-shown" : ""}`} data-testid="problem" data-rule={problem.rule}>
      <span class={`status ${isError ? "bad" : ""}`}>
        <Icon of={isError ? CircleX : TriangleAlert} />
        <span class="only-spoken">{say(isError ? "manager.error" : "manager.warning")}</span>
      </span>
      <p>
        {problemWords(problem)} {problem.is_new && <span class="tag">{say("editor.new_problem")}</span>}
      </p>
      <div class="row tight">
        <button type="button" data-testid="show-problem" onClick={() => showProblem(problem)}>
          <Icon of={MapPin} />
          {say("editor.show")}
        </button>
        {isEditable && problem.mend !== null && (
          <button type="button" data-testid="mend" disabled={!isSaved.value} onClick={() => void mend(problem)}>
            <Icon of={Wrench} />
            {say("editor.mend")}
          </button>
        )}
        {isEditable && !isError && (
          <button type="button" class="plain" data-testid="accept" onClick={() => accept(problem, !problem.is_accepted)}>
            <Icon of={problem.is_accepted ? RotateCcw : Check} />
            {say(problem.is_accepted ? "editor.not_meant_so" : "editor.meant_so")}
          </button>
        )}
      </div>
    </li>
  );
}

function Group({ title, list, isEditable }: { title: string; list: readonly DraftProblem[]; isEditable: boolean }) {
  if (list.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul>
        {list.map((problem) => (
          <Problem key={problem.problem_id} problem={problem} isEditable={isEditable} />
        ))}
      </ul>
    </section>
  );
}

/** All that is wrong, errors first, with what can be done about it. */
export function ProblemsPanel({ isEditable }: { isEditable: boolean }) {
  const found = problems.value;
  const list = found?.problems ?? [];
  const open = list.filter((problem) => !problem.is_accepted);
  const accepted = list.filter((problem) => problem.is_accepted);
  const panel = useRef<HTMLDetailsElement>(null);
  const isUsed = useRef(false);
  const isOpen = areProblemsOpen(open.length > 0 || isUsed.current); // it does not close under whoever works through it
  // The button that was pressed goes with the problem it mended: whoever uses keys goes on from the heading, not from the page's top.
  useLayoutEffect(() => {
    if (isUsed.current && document.activeElement === document.body) panel.current?.querySelector("summary")?.focus();
  }, [found]);
  return (
    <details
      ref={panel}
      class="problems"
      data-revision={found?.revision} // an interface: what waits for the answer to a step finds it by this
      open={isOpen}
      onFocusIn={() => (isUsed.current = true)}
      onFocusOut={({ relatedTarget }) => (isUsed.current = relatedTarget === null)}
    >
      <summary
        onClick={(event) => {
          event.preventDefault(); // it is opened and closed from elsewhere, too
          openProblems(!isOpen);
        }}
      >
        <h2>{say("manager.problems")}</h2>{" "}
        <span class="quiet figures" data-testid="problem-count" role="status">
          {found ? problemCount() : say("app.loading")}
        </span>
      </summary>
      <div class="problem-lists">
        {problemsTrouble.value !== null && <Trouble words={problemsTrouble.value} />}
        {found && open.length === 0 && <p>{say("editor.nothing_to_mend")}</p>}
        <Group title={say("editor.errors")} list={open.filter(({ severity }) => severity === "error")} isEditable={isEditable} />
        <Group title={say("editor.warnings")} list={open.filter(({ severity }) => severity !== "error")} isEditable={isEditable} />
        {accepted.length > 0 && (
          <details>
            <summary>{say("editor.accepted", { count: accepted.length })}</summary>
            <ul>
              {accepted.map((problem) => (
                <Problem key={problem.problem_id} problem={problem} isEditable={isEditable} />
              ))}
            </ul>
          </details>
        )}
      </div>
    </details>
  );
}
