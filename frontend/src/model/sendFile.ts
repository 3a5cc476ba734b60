/** Bytes of one part: as many as a call carries (app.MaxPart), a multiple of three. */
const partSize = 510 * 1024;

/** Gives a file part by part, in base64, and says how much of it was given: 0 to 1. */
export async function sendFile(
  file: File,
  give: (part: string, first: boolean) => Promise<void>,
  progress: (given: number) => void,
): Promise<void> {
  let at = 0;
  do {
    const bytes = new Uint8Array(await file.slice(at, at + partSize).arrayBuffer());
    await give(base64(bytes), at === 0);
    at += partSize;
    progress(Math.min(1, at / Math.max(1, file.size)));
  } while (at < file.size);
}

function base64(bytes: Uint8Array): string {
  let text = '';
  // In pieces: a call takes so many arguments only.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
