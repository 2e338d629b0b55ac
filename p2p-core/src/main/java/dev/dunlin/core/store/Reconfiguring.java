package dev.dunlin.core.store;

import dev.dunlin.core.config.BadValueException;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.state.Table;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether settings may have other values now: asked of all machines before any of them is given the new ones. */
final class Reconfiguring {

    /** The machine's setting may change only with the next start. */
    static final String CHANGES_LIVE = "changes-live";

    /** The value is none of the setting's kind. */
    static final String IS_A_VALUE = "is-a-value";

    /** Two settings would not fit together. */
    static final String FITS_OTHERS = "fits-others";

    /** What is there now would be more than the new values allow, or break another law of the machine. */
    static final String FITS_WHAT_IS = "fits-what-is";

    private Reconfiguring() {}

    /** A configuration with some values changed. */
    static Table<String, String> with(Table<String, String> config, Table<String, String> changes) {
        Table<String, String> changed = config;
        for (Map.Entry<String, String> change : changes) {
            changed = changed.with(change.getKey(), change.getValue());
        }
        return changed;
    }

    static <R> Verdict verdict(Mounts<R> mounts, NodeState node, R root, Table<String, String> changes, long now) {
        Table<String, String> config = with(node.config(), changes);
        Verdict verdict = Verdict.ENABLED;
        for (Mount<R, ?, ?> mount : mounts.all()) {
            verdict = ofMachine(mount, node, root, config, changes, now);
            if (verdict != Verdict.ENABLED) {
                return verdict;
            }
        }
        return verdict;
    }

    private static <R, S, A extends Action> Verdict ofMachine(
            Mount<R, S, A> mount,
            NodeState node,
            R root,
            Table<String, String> config,
            Table<String, String> changes,
            long now) {
        Settings settings = mount.machine.settings();
        boolean concerned = false;
        for (Map.Entry<String, String> change : changes) {
            Optional<Setting> setting = settings.find(change.getKey());
            if (setting.isEmpty()) {
                continue;
            }
            concerned = true;
            if (!setting.get().live()) {
                return new Verdict.Disabled(CHANGES_LIVE, List.of(Operand.of("key", change.getKey())));
            }
            if (!isValue(setting.get(), change.getValue())) {
                return new Verdict.Disabled(
                        IS_A_VALUE,
                        List.of(Operand.of("key", change.getKey()), Operand.of("value", change.getValue())));
            }
        }
        if (!concerned) {
            return Verdict.ENABLED;
        }
        for (Settings.AtMost rule : settings.rules()) {
            if (number(settings, rule.lesser(), config) > number(settings, rule.greater(), config)) {
                return new Verdict.Disabled(
                        FITS_OTHERS,
                        List.of(
                                Operand.of("key", rule.lesser()),
                                Operand.of("above", rule.greater()),
                                Operand.of("why", rule.why())));
            }
        }
        S after = mount.machine.configured(mount.read(node, root), config, now);
        for (Invariant<S> invariant : mount.machine.invariants()) {
            Optional<String> broken = invariant.violation().apply(after);
            if (broken.isPresent()) {
                return new Verdict.Disabled(
                        FITS_WHAT_IS,
                        List.of(
                                Operand.of("machine", mount.name),
                                Operand.of("law", invariant.name()),
                                Operand.of("why", broken.get())));
            }
        }
        return Verdict.ENABLED;
    }

    private static boolean isValue(Setting setting, String recorded) {
        try {
            return setting.kind().recorded(setting.kind().shown(recorded)).equals(recorded);
        } catch (BadValueException e) {
            return false;
        }
    }

    private static long number(Settings settings, String key, Table<String, String> config) {
        return settings.find(key).orElseThrow().number(config);
    }
}
