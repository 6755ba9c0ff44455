import type { ComponentType } from "preact";
import { LanguageRow, ThemeChoice } from "../parts/choices.tsx";
import { Loading } from "../parts/start.tsx";
import { type MessageKey, say } from "../words.ts";
import { OpenCalls } from "./calls.tsx";
import { signOut, signedIn } from "./session.ts";
import { SignInForm } from "./sign_in.tsx";
import "./staff.css";

export interface Place {
  name: string;
  words: MessageKey;
  Screen: ComponentType;
}

interface FrameProps {
  places: readonly Place[];
  shown: string;
  onShow: (name: string) => void;
  isForManagers: boolean;
}

/** Sign-in first, then the places one may go to; the same frame for staff and managers. */
export function Frame({ places, shown, onShow, isForManagers }: FrameProps) {
  const me = signedIn.value;
  const place = places.find((known) => known.name === shown) ?? places[0];
  const isWrongRole = isForManagers && me !== null && me !== "unknown" && me.role !== "manager";
  return (
    <>
      <header class="bar people-bar">
        {me !== null && me !== "unknown" && (
          <>
            {!isWrongRole && (
              <nav aria-label={say("app.name")}>
                {places.map(({ name, words }) => (
                  <button type="button" data-testid={`go-${name}`} aria-current={name === place?.name ? "page" : undefined} onClick={() => onShow(name)}>
                    {say(words)}
                  </button>
                ))}
              </nav>
            )}
            <div class="row tight">
              <span class="quiet">{me.user_name}</span>
              <button type="button" class="plain" data-testid="sign-out" onClick={() => void signOut()}>
                {say("people.sign_out")}
              </button>
            </div>
          </>
        )}
        <div class="row tight">
          <LanguageRow />
          <ThemeChoice />
        </div>
      </header>
      {me !== null && me !== "unknown" && !isWrongRole && <OpenCalls />}
      {me === "unknown" && <Loading />}
      {me === null && <SignInForm isForManagers={isForManagers} />}
      {isWrongRole && (
        <main class="page narrow stack">
          <h1>{say("people.sign_in_manager")}</h1>
          <p class="note">{say("people.wrong_role")}</p>
        </main>
      )}
      {me !== null && me !== "unknown" && !isWrongRole && place && <place.Screen />}
    </>
  );
}
