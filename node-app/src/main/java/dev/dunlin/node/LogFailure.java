package dev.dunlin.node;

import dev.dunlin.core.log.LogException;

/** The exit codes of what goes wrong with logs; the sentences are the exceptions' own. */
final class LogFailure {

    private LogFailure() {}

    /** What a command says when a log cannot be read or written. */
    static CommandFailure of(LogException failure) {
        ExitCode code = switch (failure) {
            case LogException.Missing _ -> ExitCode.NO_INPUT;
            case LogException.InUse _ -> ExitCode.BUSY;
            case LogException _ -> ExitCode.DATA_ERROR;
        };
        return new CommandFailure(code, String.valueOf(failure.getMessage()), failure);
    }
}
