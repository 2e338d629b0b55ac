package dev.dunlin.node;

import dev.dunlin.core.log.LogException;

/** The exit codes of what goes wrong with logs; the sentences are the exceptions' own, with what to type. */
final class LogFailure {

    private LogFailure() {}

    /** What a command says when a log cannot be read or written. */
    static CommandFailure of(LogException failure) {
        ExitCode code = switch (failure) {
            case LogException.Missing _, LogException.NoStep _ -> ExitCode.NO_INPUT;
            case LogException.Diverged _ -> ExitCode.DIVERGED;
            case LogException.InUse _ -> ExitCode.BUSY;
            case LogException.OtherMachines _ -> ExitCode.UNAVAILABLE;
            case LogException _ -> ExitCode.DATA_ERROR;
        };
        return new CommandFailure(code, sentence(failure), failure);
    }

    /** What went wrong, and the option or command of this program that helps. */
    static String sentence(LogException failure) {
        return failure.getMessage()
                + switch (failure) {
                    case LogException.OtherBuild _ -> ". To seal it, with that build: dunlin log DIR --seal";
                    case LogException.OtherMachines other ->
                        "; give the jar that brings " + (other.machines().size() == 1 ? "it" : "them")
                                + ": --machines JAR";
                    case LogException.Lossy _ -> ": --accept-risky";
                    case LogException.Diverged _ -> ", and see dunlin replay DIR --verify";
                    case LogException _ -> "";
                };
    }
}
