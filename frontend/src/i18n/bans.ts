import { i18n } from './translate';

/** Everybody who came by an invite, in words. */
export function inviteName(label: string): string {
  return label === '' ? i18n.t('bans.inviteUnnamed') : i18n.t('bans.inviteName', { label });
}
