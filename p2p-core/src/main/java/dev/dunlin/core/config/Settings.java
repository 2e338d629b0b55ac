package dev.dunlin.core.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The settings of a machine, of a service or of a whole program.
 *
 * @param all in the order in which they are told
 * @param rules what of them must fit together
 */
public record Settings(List<Setting> all, List<AtMost> rules) {

    /** None. */
    public static final Settings NONE = new Settings(List.of(), List.of());

    /**
     * One number must not be above another.
     *
     * @param lesser the key of the one
     * @param greater the key of the other, of the same kind
     * @param why what would happen otherwise, a clause without a full stop
     */
    public record AtMost(String lesser, String greater, String why) {}

    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if a key is there twice, or a rule names a key that is not there
     */
    public Settings {
        all = List.copyOf(all);
        rules = List.copyOf(rules);
        TreeSet<String> keys = new TreeSet<>();
        for (Setting one : all) {
            if (!keys.add(one.key())) {
                throw new IllegalArgumentException("there are two settings " + one.key());
            }
        }
        for (AtMost rule : rules) {
            if (!keys.contains(rule.lesser()) || !keys.contains(rule.greater())) {
                throw new IllegalArgumentException("there is no setting " + rule.lesser() + " or " + rule.greater());
            }
        }
    }

    /** These. */
    public static Settings of(Setting... all) {
        return new Settings(List.of(all), List.of());
    }

    /** These, of which one must not be above another. */
    public Settings atMost(Setting lesser, Setting greater, String why) {
        List<AtMost> more = new ArrayList<>(rules);
        more.add(new AtMost(lesser.key(), greater.key(), why));
        return new Settings(all, more);
    }

    /** These, each to be changed while the node runs. */
    public Settings alive() {
        return new Settings(all.stream().map(Setting::alive).toList(), rules);
    }

    /** These and others. */
    public Settings and(Settings others) {
        List<Setting> both = new ArrayList<>(all);
        both.addAll(others.all);
        List<AtMost> fit = new ArrayList<>(rules);
        fit.addAll(others.rules);
        return new Settings(both, fit);
    }

    /** The setting that a key belongs to, be it one of a family. */
    public Optional<Setting> find(String key) {
        Optional<Setting> exact =
                all.stream().filter(one -> one.key().equals(key)).findFirst();
        return exact.isPresent()
                ? exact
                : all.stream()
                        .filter(Setting::isFamily)
                        .filter(one -> one.isOf(key))
                        .findFirst();
    }
}
