/** Whether `?fake=…` may replace the backend; false in production. */
declare const __FAKE__: boolean;
