/* The little that the unit tests need: named cases, and a difference that is shown as JSON. */

let failed = 0;

export function equal(actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`found    ${a}\nexpected ${b}`);
}

export async function test(name: string, run: () => void | Promise<void>): Promise<void> {
  try {
    await run();
  } catch (thrown) {
    failed++;
    console.log(`${name}: ${thrown instanceof Error ? thrown.message : thrown}`);
  }
}

process.on("exit", () => {
  process.exitCode = failed ? 1 : 0;
});
