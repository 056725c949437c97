/** @file What a sentence of explanation hangs on. In: the sentence. Out: attributes for a label or a control; FieldHelp shows it beside the form. */

export interface HelpAttributes {
  readonly 'data-help'?: string
  readonly 'aria-description'?: string
}

export const HELP = 'data-help'

/** For the label: the pointer finds it there. */
export const explained = (help: string | undefined): HelpAttributes => (help === undefined || help === '' ? {} : { [HELP]: help })

/** For the control: the keyboard finds it there, and a screen reader says it. */
export const described = (help: string | undefined): HelpAttributes =>
  help === undefined || help === '' ? {} : { [HELP]: help, 'aria-description': help }
