/** Whether `?fake=…` may replace the backend; false in production. */
declare const __FAKE__: boolean;

/** What scripts/emoji.ts makes; src/ui/emoji/data.ts knows what the columns are. */
declare module 'virtual:emoji' {
  const groups: [string, string, string, string, string, string, number, 0 | 1][][];
  export default groups;
}
