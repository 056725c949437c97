/**
 * @file Keeps a defect of one pane from taking the editor with it. In: a pane. Out: the pane, or what went wrong and a way to try again.
 */
import { Component, type ReactNode } from 'react'
import { translate } from '../../i18n/i18n'
import { dockWords } from './words'

interface State {
  readonly error?: Error
}

export class PaneBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = {}

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  override render(): ReactNode {
    const { error } = this.state
    if (!error) return this.props.children
    return (
      <div className="empty" role="alert">
        <b>{translate(dockWords, 'paneBroken')}</b>
        <span>{error.message}</span>
        <button type="button" className="btn" onClick={() => this.setState({ error: undefined })}>
          {translate(dockWords, 'tryAgain')}
        </button>
      </div>
    )
  }
}
