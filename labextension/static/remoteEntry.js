// Colours the bodies of %%qir cells as LLVM IR, in JupyterLab 4 and Notebook 7.
//
// This is the whole extension, as it is loaded: nothing is built from it. The front end loads it as one end of a
// "module federation": window._JUPYTERLAB[name] has init, which is given the modules that are shared, and get, which gives
// ours. Whatever goes wrong here, cells stay as Python's highlighting shows them, and a line in the console says why.

(() => {
  "use strict";

  const NAME = "qirjit-magic";
  const PLUGIN = `${NAME}:highlighting`;
  const MOST_CHARACTERS = 50_000; // coloured at once, more than a screen shows
  const MOST_OF_HEAD = 2_000; // of the line of flags
  const MOST_BEFORE = 100; // lines before %%qir
  const LOOKED_BACK = 20_000; // for the start of a comment over lines

  // -- LLVM's words ---------------------------------------------------------------------------------------------------

  const words = (text) => new Set(text.trim().split(/\s+/));

  const TYPES = words(`
    void ptr half bfloat float double fp128 x86_fp80 ppc_fp128 x86_amx label token metadata opaque target vscale`);

  const CONSTANTS = words("true false null none undef poison zeroinitializer splat");

  const KEYWORDS = words(`
    define declare global constant alias ifunc type source_filename datalayout triple module asm attributes comdat
    uselistorder

    ret br switch indirectbr invoke callbr resume catchswitch catchret cleanupret unreachable fneg add fadd sub fsub mul
    fmul udiv sdiv fdiv urem srem frem shl lshr ashr and or xor extractelement insertelement shufflevector extractvalue
    insertvalue alloca load store fence cmpxchg atomicrmw getelementptr trunc zext sext fptrunc fpext fptoui fptosi
    uitofp sitofp ptrtoint ptrtoaddr inttoptr bitcast addrspacecast icmp fcmp phi select freeze call va_arg landingpad
    catchpad cleanuppad

    to tail musttail notail nuw nsw exact disjoint nneg samesign inbounds nusw inrange volatile atomic cleanup catch
    filter within from caller unwind weak syncscope
    eq ne slt sgt sle sge ult ugt ule uge oeq one olt ogt ole oge ord uno ueq une
    fast nnan ninf nsz arcp contract reassoc afn
    unordered monotonic acquire release acq_rel seq_cst singlethread
    xchg nand max min umax umin fmax fmin fmaximum fminimum uinc_wrap udec_wrap usub_cond usub_sat

    private internal available_externally linkonce linkonce_odr weak_odr appending common extern_weak external
    default hidden protected dllimport dllexport dso_local dso_preemptable thread_local localdynamic initialexec
    localexec unnamed_addr local_unnamed_addr externally_initialized addrspace section partition gc prefix prologue
    personality any exactmatch largest nodeduplicate samesize code_model tiny small kernel medium large
    no_sanitize_address no_sanitize_hwaddress sanitize_address_dyninit sanitize_memtag
    ccc fastcc coldcc tailcc swifttailcc swiftcc cc preserve_mostcc preserve_allcc preserve_nonecc ghccc anyregcc
    cfguard_checkcc win64cc x86_64_sysvcc spir_kernel spir_func

    align alignstack allocalign allockind allocptr allocsize alwaysinline argmemonly builtin byref byval captures cold
    convergent dead_on_return dead_on_unwind dereferenceable dereferenceable_or_null disable_sanitizer_instrumentation
    elementtype fn_ret_thunk_extern hot hybrid_patchable immarg inaccessiblemem inaccessiblememonly
    inaccessiblemem_or_argmemonly inalloca initializes inlinehint inreg jumptable memory minsize mustprogress naked nest
    noalias nobuiltin nocallback nocapture nocf_check nocreateundeforpoison nodivergencesource noduplicate noext nofpclass
    nofree noimplicitfloat noinline nomerge nonlazybind nonnull noprofile norecurse noredzone noreturn nosanitize_bounds
    nosanitize_coverage nosync noundef nounwind null_pointer_is_valid optdebug optforfuzzing optnone optsize
    presplitcoroutine preallocated range read readnone readonly returned returns_twice safestack sanitize_address
    sanitize_hwaddress sanitize_memory sanitize_numerical_stability sanitize_realtime sanitize_realtime_blocking
    sanitize_thread sanitize_type shadowcallstack signext skipprofile speculatable speculative_load_hardening sret ssp
    sspreq sspstrong strictfp swiftasync swifterror swiftself uwtable vscale_range willreturn writable write writeonly
    zeroext argmem errnomem readwrite

    sideeffect inteldialect distinct uselistorder_bb blockaddress dso_local_equivalent no_cfi ptrauth`);

  // -- tokens ---------------------------------------------------------------------------------------------------------

  // In this order, at each place. Each takes all that it looks at, so that no text, however odd, takes long.
  const PATTERNS = [
    ["comment", /;[^\n]*|\/\*(?:(?!\*\/)[^])*(?:\*\/)?/y],
    ["quantum", /@__quantum__[-\w$.]*|@"__quantum__[^"]*"?/y],
    ["global", /@(?:[-\w$.\u0080-\uffff]+|"[^"]*"?)/y],
    ["local", /%(?:[-\w$.\u0080-\uffff]+|"[^"]*"?)/y],
    ["metadata", /!(?:[-\w$.\\]+|"[^"]*"?)?|#\d+|\$(?:[-\w$.]+|"[^"]*"?)/y],
    ["label", /"[^"\n]*":(?!\w)/y],
    ["string", /c?"[^"]*"?/y],
    ["number", /[-+]?\d+\.\d*[eE]\+\d+/y],
    ["word", /[-\w$.]+/y],
    ["space", /\s+/y],
    ["plain", /[^\s;"@%!#$\w./-]+|[^]/y],
  ];
  const HEAD_PATTERNS = [
    ["magic", /%%[\w.]+/y],
    ["flag", /-{1,2}[A-Za-z][-\w]*(?![^\s=])/y],
    ["string", /"[^"\n]*"?|'[^'\n]*'?/y],
    ["number", /\d[\d_,.]*(?!\S)/y],
    ["space", /\s+/y],
    ["plain", /[^\s"'-][^\s"']*|[^]/y],
  ];

  const NUMBER = /^(?:[us]?0x[KLMHR]?[0-9A-Fa-f]+|-?\d+(?:\.\d*(?:[eE]-?\d+)?)?)$/;

  const kindOfWord = (word) => {
    if (NUMBER.test(word)) return "number";
    if (TYPES.has(word) || /^i[1-9]\d*$/.test(word)) return "type";
    if (CONSTANTS.has(word)) return "constant";
    return KEYWORDS.has(word) ? "keyword" : "plain";
  };

  // The tokens of a text, without gaps: [kind, start, end]. Spaces are left out.
  function* tokens(text, patterns = PATTERNS) {
    let place = 0;
    while (place < text.length) {
      const [kind, pattern] = patterns.find(([, candidate]) => {
        candidate.lastIndex = place;
        return candidate.test(text);
      });
      const start = place;
      place = pattern.lastIndex;
      if (kind === "word" && text[place] === ":") yield ["label", start, ++place];
      else if (kind === "word") yield [kindOfWord(text.slice(start, place)), start, place];
      else if (kind !== "space") yield [kind, start, place];
    }
  }

  // -- where QIR is ---------------------------------------------------------------------------------------------------

  // The number, from 1, of a text's %%qir line; 0 where it has none. Other cell magics, such as %%time, may stand before.
  const headOf = (lineCount, line) => {
    for (let number = 1; number <= Math.min(lineCount, MOST_BEFORE); number++) {
      const text = line(number);
      if (/^\s*%%qir(?!\S)/.test(text)) return number;
      if (!/^\s*(?:%%\w.*)?$/.test(text)) return 0;
    }
    return 0;
  };

  const headOfDocument = (doc) => headOf(doc.lines, (number) => doc.line(number).text);

  // Where to begin so that a place is coloured as it is: at a comment over lines that it is in, else at its line's start.
  const beginning = (doc, bodyStart, place) => {
    const line = doc.lineAt(place);
    const start = place - line.from > LOOKED_BACK ? place : Math.max(line.from, bodyStart);
    const before = doc.sliceString(Math.max(bodyStart, start - LOOKED_BACK), start);
    const opened = before.lastIndexOf("/*");
    if (opened < 0 || before.indexOf("*/", opened) >= 0) return start;
    const lineBefore = before.slice(before.lastIndexOf("\n", opened) + 1, opened);
    return /[;"]/.test(lineBefore) ? start : start - before.length + opened;
  };

  // -- the editor -----------------------------------------------------------------------------------------------------

  const colour = (variable, fallback) => ({ color: `var(--jp-mirror-editor-${variable}-color, ${fallback})` });
  const STYLES = {
    // What Python's highlighting says of the same text is taken back.
    ".qirjit-ir": {
      color: "var(--jp-content-font-color1, inherit)",
      fontStyle: "normal",
      fontWeight: "normal",
      textDecoration: "none",
    },
    ".qirjit-ir-comment": { ...colour("comment", "#598585"), fontStyle: "italic" },
    ".qirjit-ir-quantum": { ...colour("string-2", "#ba4adf"), fontWeight: "bold" },
    ".qirjit-ir-global": colour("def", "#287bee"),
    ".qirjit-ir-local": colour("variable-2", "#2186b8"),
    ".qirjit-ir-metadata": colour("attribute", "#287bee"),
    ".qirjit-ir-label": colour("operator", "#ba4adf"),
    ".qirjit-ir-string": colour("string", "#d45252"),
    ".qirjit-ir-number": colour("number", "#308f4f"),
    ".qirjit-ir-type": colour("variable-3", "#008f6b"),
    ".qirjit-ir-constant": colour("number", "#308f4f"),
    ".qirjit-ir-keyword": { ...colour("keyword", "#089208"), fontWeight: "bold" },
    ".qirjit-ir-magic": { ...colour("operator", "#ba4adf"), fontWeight: "bold" },
    ".qirjit-ir-flag": colour("attribute", "#287bee"),
  };

  function highlighting({ Decoration, EditorView, ViewPlugin }, { EditorState, Prec, RangeSetBuilder }) {
    const marks = new Map();
    const mark = (kind) => {
      if (!marks.has(kind)) marks.set(kind, Decoration.mark({ class: `qirjit-ir qirjit-ir-${kind}` }));
      return marks.get(kind);
    };

    const decorate = (view) => {
      const doc = view.state.doc;
      const head = headOfDocument(doc);
      if (!head) return Decoration.none;
      const headLine = doc.line(head);
      const bodyStart = Math.min(headLine.to + 1, doc.length);
      const builder = new RangeSetBuilder();
      const add = (start, end, patterns, most) => {
        const text = doc.sliceString(start, Math.min(end, start + most));
        for (const [kind, from, to] of tokens(text, patterns)) builder.add(start + from, start + to, mark(kind));
        return end;
      };
      let done = add(headLine.from, headLine.to, HEAD_PATTERNS, MOST_OF_HEAD);
      for (const { from, to } of view.visibleRanges) {
        if (to <= bodyStart) continue;
        const start = Math.max(done, beginning(doc, bodyStart, Math.max(from, bodyStart)));
        if (start < to) done = add(start, to, PATTERNS, MOST_CHARACTERS);
      }
      return builder.finish();
    };

    const safely = (view) => {
      try {
        return decorate(view);
      } catch (error) {
        console.warn(`${NAME}: this cell is shown without colours`, error);
        return Decoration.none;
      }
    };

    const plugin = ViewPlugin.fromClass(
      class {
        constructor(view) {
          this.decorations = safely(view);
        }
        update(update) {
          if (update.docChanged || update.viewportChanged) this.decorations = safely(update.view);
        }
      },
      { decorations: (made) => made.decorations }
    );
    // Ctrl-/ comments a line of IR out with a semicolon.
    const comments = EditorState.languageData.of((state, place) => {
      const head = headOfDocument(state.doc);
      return head && state.doc.lineAt(place).number > head ? [{ commentTokens: { line: ";" } }] : [];
    });
    // The highest precedence is the innermost element, whose colour is seen.
    return [Prec.highest(plugin), Prec.highest(comments), EditorView.baseTheme(STYLES)];
  }

  // -- the extension --------------------------------------------------------------------------------------------------

  let scope = {};

  // A module that the front end shares: the version that it has loaded itself, where there are several.
  const shared = async (name) => {
    const versions = Object.values(scope[name] ?? {});
    const found = versions.find((version) => version.loaded) ?? versions[0];
    if (!found) throw new Error(`${name} is not shared`);
    return (await found.get())();
  };

  const plugin = async () => {
    const nothing = { id: PLUGIN, autoStart: true, activate: () => {} };
    try {
      const [view, state, { EditorExtensionRegistry, IEditorExtensionRegistry }] = await Promise.all(
        ["@codemirror/view", "@codemirror/state", "@jupyterlab/codemirror"].map(shared)
      );
      const activate = (_app, registry) => {
        try {
          const extension = EditorExtensionRegistry.createImmutableExtension(highlighting(view, state));
          registry?.addExtension({ name: PLUGIN, factory: () => extension });
        } catch (error) {
          console.warn(`${NAME}: %%qir cells are shown without colours`, error);
        }
      };
      const description = "Colours the LLVM IR of %%qir cells.";
      return { ...nothing, description, optional: [IEditorExtensionRegistry], activate };
    } catch (error) {
      console.warn(`${NAME}: %%qir cells are shown without colours`, error);
      return nothing;
    }
  };

  const modules = {
    // Without __esModule the front end would take the module itself for the plugin, and start nothing at all.
    "./extension": async () => ({ __esModule: true, default: await plugin() }),
    "./tokens": async () => ({ __esModule: true, headOf, tokens: (text) => [...tokens(text)] }),
  };

  window._JUPYTERLAB ??= {};
  window._JUPYTERLAB[NAME] = {
    init: (given) => {
      scope = given ?? {};
    },
    get: async (name) => {
      const made = await modules[name]();
      return () => made;
    },
  };
})();
