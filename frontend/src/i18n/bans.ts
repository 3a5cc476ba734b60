import i18next from 'i18next';

/** Everybody who came by an invite, in words. */
export function inviteName(label: string): string {
  return label === '' ? i18next.t('bans.inviteUnnamed') : i18next.t('bans.inviteName', { label });
}
