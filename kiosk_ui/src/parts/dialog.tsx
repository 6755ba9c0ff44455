import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { say } from "../words.ts";

interface DialogProps {
  title: string;
  onClose: () => void;
  /** For pictures and tables. */
  isWide?: boolean;
  children: ComponentChildren;
}

/**
 * A question in front of everything: the browser's own dialog, which keeps the focus and closes on Escape. Then the focus is where
 * it was before; the browser itself gives it back only from a dialog that is still on the page.
 */
export function Dialog({ title, onClose, isWide = false, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // In the task that puts it on the page: an Escape pressed before it was open would be lost, and then it opened.
  useLayoutEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      const isLost = document.activeElement === null || document.activeElement === document.body;
      if (isLost && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={isWide ? "wide" : undefined}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div class="stack">
        <h2 id={titleId}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

/** What a dialog ends with: what it does, then the way out of it; in sight however long the dialog is. */
export function DialogButtons({ onClose, children }: { onClose: () => void; children?: ComponentChildren }) {
  return (
    <div class="row foot">
      {children}
      <button type="button" onClick={onClose}>
        {say("app.cancel")}
      </button>
    </div>
  );
}
