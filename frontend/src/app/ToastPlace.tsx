import { useCallback } from 'react';
import { endToast, useToast } from '@/model';
import { Toast } from '@/ui';

/** Where the toast stands. */
export function ToastPlace() {
  const toast = useToast();
  const id = toast?.id ?? 0;
  const end = useCallback(() => endToast(id), [id]);
  return toast ? <Toast key={id} text={toast.text} action={toast.action} onEnd={end} /> : null;
}
