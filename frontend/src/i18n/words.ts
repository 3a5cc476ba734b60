/** The same keys as English, other words. Chinese has one plural form: `_other` stays, `_one` goes. */
export type Words<English> = {
  [Key in keyof English as Key extends `${string}_one` ? never : Key]: English[Key] extends string
    ? string
    : Words<English[Key]>;
};
