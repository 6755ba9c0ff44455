import { useState } from "preact/hooks";
import { Trouble, troubleWords } from "../parts/trouble.tsx";
import { say } from "../words.ts";
import { signIn } from "./session.ts";

export function SignInForm({ isForManagers }: { isForManagers: boolean }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [trouble, setTrouble] = useState<string | null>(null);
  return (
    <main class="page narrow stack">
      <h1>{say(isForManagers ? "people.sign_in_manager" : "people.sign_in_staff")}</h1>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          signIn(name, password).catch((error: unknown) => {
            setPassword("");
            setTrouble(troubleWords(error));
          });
        }}
      >
        <label>
          {say("people.user_name")}
          <input
            data-testid="user-name"
            required
            autoComplete="username"
            autoCapitalize="off"
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <label>
          {say("people.password")}
          <input
            data-testid="password"
            type="password"
            required
            autoComplete="current-password"
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="primary" data-testid="sign-in">
          {say("people.sign_in")}
        </button>
      </form>
      <Trouble words={trouble} />
    </main>
  );
}
