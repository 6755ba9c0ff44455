/** What is told over the socket and what is asked for cross on their way: of two, the one that set out later is shown. */
export interface InOrder<Value> {
  /** Told over the socket, where each change is told. */
  told(value: Value): void;
  /** Call this when asking; the answer goes to what it returns. */
  asked(): (value: Value) => void;
}

/**
 * An answer that comes after something told since it was asked for may be from before the change that was told, and shown it
 * would undo it on the screen: it is dropped. Nothing is lost by that, as a change after what was told is told too.
 */
export function inOrder<Value>(take: (value: Value) => void): InOrder<Value> {
  let setOut = 0;
  let shown = 0;
  const takeOf = (number: number) => (value: Value) => {
    if (number < shown) return;
    shown = number;
    take(value);
  };
  return {
    told(value) {
      setOut += 1;
      takeOf(setOut)(value);
    },
    asked() {
      setOut += 1;
      return takeOf(setOut);
    },
  };
}
