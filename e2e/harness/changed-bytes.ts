/**
 * Runs in the page that verifies exports, with the files that were picked as a folder: one byte of one file is changed, anywhere, and the verdict is
 * read; again and again. Answers how many changes were found, with the name of their file.
 */
export async function findChanges({ changes, seed }: { changes: number; seed: number }) {
  const input = document.querySelector<HTMLInputElement>("#files");
  const verdict = document.querySelector<HTMLElement>("#verdict");
  const picked = Array.from(document.querySelector<HTMLInputElement>("#folder")?.files ?? []);
  if (input === null || verdict === null || picked.length === 0) throw new Error("The page has no files.");
  const contents = await Promise.all(picked.map(async (file) => new Uint8Array(await file.arrayBuffer())));
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const verdictOf = (files: readonly File[]) =>
    new Promise<{ good: boolean; text: string }>((resolve) => {
      const transfer = new DataTransfer();
      for (const file of files) transfer.items.add(file);
      const observer = new MutationObserver(() => {
        if (verdict.className !== "good" && verdict.className !== "bad") return;
        observer.disconnect();
        resolve({ good: verdict.className === "good", text: verdict.textContent ?? "" });
      });
      verdict.className = "";
      observer.observe(verdict, { attributes: true, childList: true, subtree: true });
      input.files = transfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  let found = 0;
  const missed: string[] = [];
  for (let i = 0; i < changes; i++) {
    const which = random(picked.length);
    const name = picked[which]?.name ?? "";
    const at = random(contents[which]?.length ?? 0);
    const changed = contents.map((bytes, n) => {
      if (n !== which) return bytes;
      const copy = Uint8Array.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ (1 + random(255));
      return copy;
    });
    const { good, text } = await verdictOf(changed.map((bytes, n) => new File([bytes], picked[n]?.name ?? "")));
    if (!good && text.includes(name)) found += 1;
    else missed.push(`${name}, byte ${at}: ${text}`);
  }
  return { found, missed };
}
