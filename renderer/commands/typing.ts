/** @file Is the person typing, or on a control that wants its own keys? In: an element. Out: yes or no. */

const TEXT_FIELDS =
  'textarea, select, [contenteditable=""], [contenteditable="true"], .monaco-editor, input:not([type=checkbox], [type=radio], [type=range], [type=button])'
const CONTROLS =
  'button, a[href], input, select, summary, [role=tab], [role=option], [role=menuitem], [role=switch], [role=separator], [role=slider]'

export const isTyping = (target: EventTarget | null): boolean => target instanceof Element && target.closest(TEXT_FIELDS) !== null

/** A list to choose from keeps letters and arrows for itself, but nothing that comes with Mod or Alt. */
export const isList = (target: EventTarget | null): boolean => target instanceof Element && target.matches('select')

/** Enter, Space, Tab and arrows belong to the control that has the focus. */
export const isControl = (target: EventTarget | null): boolean => target instanceof Element && target.closest(CONTROLS) !== null

/** While a dialogue or menu is open, keys are its own. */
export const isDialogOpen = (): boolean => document.querySelector('[role=dialog][data-state=open], [role=menu][data-state=open]') !== null
