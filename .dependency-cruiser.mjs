/**
 * @file Who may import whom. `npm run check` enforces it; test/architecture prints it.
 * In: the import graph. Out: violations. The order of the pipeline is the order of the folders in docs/ and ARCHITECTURE: data flows one way.
 */
const pureEngine = '^engine/(?!host/|runtime/)'

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Imports form no circle.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'pure-engine',
      comment: 'The engine outside host/ and runtime/ knows neither Node nor a page nor Electron.',
      severity: 'error',
      from: { path: pureEngine },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'engine-alone',
      comment: 'The engine imports no shell and no view.',
      severity: 'error',
      from: { path: '^engine/' },
      to: { path: '^(renderer|electron)/|node_modules/(react|react-dom|electron|reactflow|@xyflow|monaco-editor)/' },
    },
    {
      name: 'templates-above-engine',
      comment: 'Only hosts know the templates.',
      severity: 'error',
      from: { path: pureEngine },
      to: { path: '^templates/' },
    },
    {
      name: 'templates-on-builder',
      comment: 'Templates are written with the public builder.',
      severity: 'error',
      from: { path: '^templates/' },
      to: { path: '^(renderer|electron|engine/(runtime|codegen|train|host|optimize|memory))/' },
    },
    {
      name: 'core-is-bottom',
      comment: 'core/ imports nothing of the project.',
      severity: 'error',
      from: { path: '^engine/core/' },
      to: { path: '^(engine/(?!core/)|renderer|electron|templates)' },
    },
    {
      name: 'front-not-back',
      comment: 'Document, layers, shapes and program do not know how they are executed.',
      severity: 'error',
      from: { path: '^engine/(document|layers|shapes|builder|ir|autodiff|optimizers|initializers|export|import)/' },
      to: { path: '^engine/(runtime|codegen|optimize|memory|train|host)/' },
    },
    {
      name: 'codegen-apart',
      comment: 'The two code generators do not know each other.',
      severity: 'error',
      from: { path: '^engine/codegen/wasm/' },
      to: { path: '^engine/codegen/wgsl/' },
    },
    {
      name: 'codegen-apart-2',
      comment: 'The two code generators do not know each other.',
      severity: 'error',
      from: { path: '^engine/codegen/wgsl/' },
      to: { path: '^engine/codegen/wasm/' },
    },
    {
      name: 'view-through-protocol',
      comment: 'The editor reaches training only through the engine client; the small database of pages is one for both.',
      severity: 'error',
      from: { path: '^renderer/(?!engine/)' },
      to: {
        path: '^engine/((runtime|codegen|optimize|memory|train|autodiff)/|host/(?!browser/database\\.ts$))',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'reactflow-in-canvas',
      comment: 'Only renderer/canvas imports React Flow.',
      severity: 'error',
      from: { path: '^renderer/(?!canvas/)' },
      to: { path: 'node_modules/(reactflow|@xyflow)/' },
    },
    {
      name: 'monaco-in-code',
      comment: 'Only renderer/code imports Monaco.',
      severity: 'error',
      from: { path: '^renderer/(?!code/)' },
      to: { path: 'node_modules/monaco-editor/' },
    },
    {
      name: 'shell-is-thin',
      comment: 'electron/ holds no machine learning.',
      severity: 'error',
      from: { path: '^electron/' },
      to: { path: '^engine/(?!host/node/serve/)' },
    },
    {
      name: 'no-test-code',
      comment: 'The product does not import tests.',
      severity: 'error',
      from: { path: '^(engine|renderer|electron|templates)/' },
      to: { path: '^test/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
  },
}
