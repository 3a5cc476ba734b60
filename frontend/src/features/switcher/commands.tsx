import {
  Archive,
  AtSign,
  Ban,
  Bell,
  Cable,
  CircleUserRound,
  ClipboardPaste,
  HardDrive,
  Info,
  Keyboard,
  Languages,
  type LucideIcon,
  Network as NetworkIcon,
  Palette,
  PanelRight,
  Rows3,
  Search,
  ShieldCheck,
  Stethoscope,
  UserPlus,
  UserRoundPlus,
} from 'lucide-react';
import type { Conversation, MatchRange, Settings } from '@/backend';
import { errorText, i18n } from '@/i18n';
import {
  askBan,
  changeSettings,
  matchOfName,
  type SettingsPage,
  shortName,
  showAddContact,
  showRequests,
  showSettings,
  showToast,
  showVerify,
} from '@/model';
import { keysAnywhere } from '@/ui';

/** Something that can be done from anywhere. */
export interface Command {
  id: string;
  label: string;
  icon: LucideIcon;
  /** Shown before anything is written. */
  first?: boolean;
  keys?: string;
  run: () => void;
}

export interface CommandContext {
  /** The conversation that is open. */
  open: Conversation | undefined;
  requests: number;
  settings: Settings;
  onSearch: (scope: string) => void;
  onDetails: () => void;
  onNetwork: () => void;
}

const pages: readonly [Exclude<SettingsPage, 'shortcuts' | 'about'>, LucideIcon][] = [
  ['profile', CircleUserRound],
  ['network', Cable],
  ['bans', Ban],
  ['storage', HardDrive],
  ['appearance', Palette],
  ['notifications', Bell],
];

function change(settings: Partial<Settings>): () => void {
  return () => {
    changeSettings(settings).catch((reason: unknown) => showToast(errorText(reason)));
  };
}

/** What can be done now, the likeliest first. */
export function commandsNow({ open, requests, settings, onSearch, onDetails, onNetwork }: CommandContext): Command[] {
  const { t } = i18n;
  const name = open ? shortName(open.name) : '';
  const here: Command[] = open
    ? [
        {
          id: 'verify',
          label: t('switcher.verify', { name }),
          icon: ShieldCheck,
          first: open.contact === 'mutual',
          keys: keysAnywhere.verify[0],
          run: () => showVerify(open.id),
        },
        {
          id: 'search-here',
          label: t('switcher.searchWith', { name }),
          icon: Search,
          keys: keysAnywhere.searchHere[0],
          run: () => onSearch(open.id),
        },
        {
          id: 'details',
          label: t('switcher.details', { name }),
          icon: PanelRight,
          keys: keysAnywhere.details[0],
          run: onDetails,
        },
        ...(open.contact === 'banned'
          ? []
          : [{ id: 'ban', label: t('switcher.ban', { name }), icon: Ban, run: () => askBan(open.id) }]),
      ]
    : [];
  const asked: Command[] =
    requests > 0
      ? [{ id: 'requests', label: t('conversations.requests'), icon: UserPlus, first: true, run: showRequests }]
      : [];
  return [
    ...asked,
    ...here,
    {
      id: 'add',
      label: t('conversations.add'),
      icon: UserRoundPlus,
      first: true,
      keys: keysAnywhere.add[0],
      run: () => showAddContact(),
    },
    { id: 'paste', label: t('switcher.paste'), icon: ClipboardPaste, run: () => showAddContact('paste') },
    { id: 'handle', label: t('switcher.handle'), icon: AtSign, run: () => showAddContact('handle') },
    {
      id: 'search',
      label: t('switcher.searchAll'),
      icon: Search,
      first: true,
      keys: keysAnywhere.searchAll[0],
      run: () => onSearch(''),
    },
    {
      id: 'network-view',
      label: t('network.title'),
      icon: NetworkIcon,
      first: true,
      keys: keysAnywhere.network[0],
      run: onNetwork,
    },
    ...pages.map(
      ([page, icon]): Command => ({
        id: page,
        label: t('switcher.settings', { page: t(`settings.page.${page}`) }),
        icon,
        ...(page === 'profile' ? { keys: keysAnywhere.settings[0] } : {}),
        run: () => showSettings(page),
      }),
    ),
    {
      id: 'shortcuts',
      label: t('shortcuts.title'),
      icon: Keyboard,
      first: true,
      keys: keysAnywhere.shortcuts[0],
      run: () => showSettings('shortcuts'),
    },
    { id: 'check', label: t('switcher.check'), icon: Stethoscope, run: () => showSettings('about') },
    { id: 'about', label: t('about.title'), icon: Info, run: () => showSettings('about') },
    { id: 'backup', label: t('switcher.backup'), icon: Archive, run: () => showSettings('storage') },
    ...(['light', 'dark', 'system'] as const)
      .filter((theme) => theme !== settings.theme)
      .map(
        (theme): Command => ({
          id: `theme-${theme}`,
          label: t('switcher.theme', { theme: t(`settings.themes.${theme}`) }),
          icon: Palette,
          run: change({ theme }),
        }),
      ),
    {
      id: 'density',
      label: t('switcher.density', { density: t(`settings.densities.${settings.compact ? 'cosy' : 'compact'}`) }),
      icon: Rows3,
      run: change({ compact: !settings.compact }),
    },
    ...(
      [
        ['en', 'English'],
        ['zh-CN', '简体中文'],
      ] as const
    )
      .filter(([language]) => language !== i18n.language)
      .map(
        ([language, own]): Command => ({
          id: `language-${language}`,
          label: t('switcher.language', { language: own }),
          icon: Languages,
          run: change({ language }),
        }),
      ),
  ];
}

/** The commands whose words begin with what was written, or have it inside; without a text the likely ones. */
export function findCommands(
  commands: readonly Command[],
  text: string,
  most: number,
): { command: Command; match?: MatchRange }[] {
  if (text.trim() === '')
    return commands
      .filter((one) => one.first)
      .slice(0, most)
      .map((command) => ({ command }));
  const found = commands.flatMap((command) => {
    const match = matchOfName(command.label, text);
    return match ? [{ command, match }] : [];
  });
  const begins = ({ command, match }: (typeof found)[number]) =>
    match.start === 0 || !/[\p{L}\p{N}]/u.test(command.label[match.start - 1] ?? '');
  return [...found.filter(begins), ...found.filter((one) => !begins(one))].slice(0, most);
}
