// Holds what Go generates (wailsjs, written by the bindings build) against types.ts and api.ts, at compile time only: a field
// or a call that changes on one side alone does not compile.
import type * as calls from '../../wailsjs/go/app/API';
import type { app } from '../../wailsjs/go/models';
import type { Backend } from './api';
import type * as types from './types';

/** A generated type as plain data: enums as their texts, classes without their methods. */
type Plain<Value> = Value extends string
  ? `${Value}`
  : Value extends number | boolean | undefined
    ? Value
    : Value extends (infer Item)[]
      ? Plain<Item>[]
      : Value extends object
        ? { [Key in keyof Value as Key extends 'convertValues' ? never : Key]: Plain<Value[Key]> }
        : Value;

type Same<One, Other> = [One] extends [Other] ? ([Other] extends [One] ? true : false) : false;

/** Compiles only where both sides are the same. */
type Agrees<Agreed extends true> = Agreed;

export type ShapesAgree = [
  Agrees<Same<Plain<app.Error>, types.ErrorDetail>>,
  Agrees<Same<Plain<app.Ban>, types.Ban>>,
  Agrees<Same<Plain<app.BanCheck>, types.BanCheck>>,
  Agrees<Same<Plain<app.BanEdit>, types.BanEdit>>,
  Agrees<Same<Plain<app.BanLine>, types.BanLine>>,
  Agrees<Same<Plain<app.BanOptions>, types.BanOptions>>,
  Agrees<Same<Plain<app.BanPage>, types.BanPage>>,
  Agrees<Same<Plain<app.BanQuery>, types.BanQuery>>,
  Agrees<Same<Plain<app.ImportedBans>, types.ImportedBans>>,
  Agrees<Same<Plain<app.SavedBans>, types.SavedBans>>,
  Agrees<Same<Plain<app.Cancelled>, types.Cancelled>>,
  Agrees<Same<Plain<app.Changes>, types.Changes>>,
  Agrees<Same<Plain<app.LockState>, types.LockState>>,
  Agrees<Same<Plain<app.Protecting>, types.Protecting>>,
  Agrees<Same<Plain<app.Progress>, types.Progress>>,
  Agrees<Same<Plain<app.Storage>, types.Storage>>,
  Agrees<Same<Plain<app.Automatic>, types.Automatic>>,
  Agrees<Same<Plain<app.SavedBackup>, types.SavedBackup>>,
  Agrees<Same<Plain<app.SavedExport>, types.SavedExport>>,
  Agrees<Same<Plain<app.ConnectionCheck>, types.ConnectionCheck>>,
  Agrees<Same<Plain<app.Conversation>, types.Conversation>>,
  Agrees<Same<Plain<app.Delivery>, types.Delivery>>,
  Agrees<Same<Plain<app.DesktopState>, types.DesktopState>>,
  Agrees<Same<Plain<app.FoundPerson>, types.FoundPerson>>,
  Agrees<Same<Plain<app.OwnHandle>, types.OwnHandle>>,
  Agrees<Same<Plain<app.ImportedBundle>, types.ImportedBundle>>,
  Agrees<Same<Plain<app.SavedBundle>, types.SavedBundle>>,
  Agrees<Same<Plain<app.Invite>, types.Invite>>,
  Agrees<Same<Plain<app.InviteOptions>, types.InviteOptions>>,
  Agrees<Same<Plain<app.InvitePreview>, types.InvitePreview>>,
  Agrees<Same<Plain<app.Line>, types.Line>>,
  Agrees<Same<Plain<app.LogLine>, types.LogLine>>,
  Agrees<Same<Plain<app.Message>, types.Message>>,
  Agrees<Same<Plain<app.Network>, types.Network>>,
  Agrees<Same<Plain<app.Notice>, types.Notice>>,
  Agrees<Same<Plain<app.Page>, types.Page>>,
  Agrees<Same<Plain<app.Problem>, types.Problem>>,
  Agrees<Same<Plain<app.Privacy>, types.Privacy>>,
  Agrees<Same<Plain<app.Profile>, types.Profile>>,
  Agrees<Same<Plain<app.Reaction>, types.Reaction>>,
  Agrees<Same<Plain<app.Repair>, types.Repair>>,
  Agrees<Same<Plain<app.Reply>, types.Reply>>,
  Agrees<Same<Plain<app.Request>, types.Request>>,
  Agrees<Same<Plain<app.SearchHit>, types.SearchHit>>,
  Agrees<Same<Plain<app.SearchPage>, types.SearchPage>>,
  Agrees<Same<Plain<app.Server>, types.Server>>,
  Agrees<Same<Plain<app.Check>, types.Check>>,
  Agrees<Same<Plain<app.NumberCheck>, types.NumberCheck>>,
  Agrees<Same<Plain<app.Safety>, types.Safety>>,
  Agrees<Same<Plain<app.Verification>, types.Verification>>,
  Agrees<Same<Plain<app.ServerCheck>, types.ServerCheck>>,
  Agrees<Same<Plain<app.Settings>, types.Settings>>,
  Agrees<Same<Plain<app.State>, types.State>>,
  Agrees<Same<Plain<app.Traffic>, types.Traffic>>,
];

type Calls = Omit<Backend, 'onChanges' | 'onLost' | 'onReconnected'>;

/** Every call is bound, with as many parameters and the same answer. */
type CallAgrees<Name extends keyof Calls> =
  Capitalize<Name> extends keyof typeof calls
    ? (typeof calls)[Capitalize<Name>] extends (...parameters: infer Given) => Promise<infer Answer>
      ? Same<Plain<Answer>, Awaited<ReturnType<Calls[Name]>>> extends true
        ? Same<Given['length'], Parameters<Calls[Name]>['length']>
        : false
      : false
    : false;

/** The calls that do not agree: none. */
type Failing = { [Name in keyof Calls]: CallAgrees<Name> extends true ? never : Name }[keyof Calls];

export type CallsAgree = Agrees<Same<Failing, never>>;
