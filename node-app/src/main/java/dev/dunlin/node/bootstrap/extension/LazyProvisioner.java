package dev.dunlin.node.bootstrap.extension;

import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.node.bootstrap.Provisioner;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A provisioner that is opened for the first database; before that there is none. */
final class LazyProvisioner implements Provisioner {

    private final Lazy<? extends Provisioner> inner;
    private final BooleanSupplier isThere;

    /**
     * One that is not open yet.
     *
     * @param isThere whether there may be databases: otherwise it is not opened to look for them
     */
    LazyProvisioner(Lazy<? extends Provisioner> inner, BooleanSupplier isThere) {
        this.inner = inner;
        this.isThere = isThere;
    }

    private boolean isEmpty() {
        return !inner.isOpen() && !isThere.getAsBoolean();
    }

    @Override
    public Tally make(String name, Role role) throws InterruptedException {
        return inner.get().make(name, role);
    }

    @Override
    public Usage usage() {
        return isEmpty() ? new Usage(0, 0) : inner.get().usage();
    }

    @Override
    public Optional<Tally> find(String redemption) {
        return isEmpty() ? Optional.empty() : inner.get().find(redemption);
    }

    @Override
    public void remove(String redemption) {
        if (!isEmpty()) {
            inner.get().remove(redemption);
        }
    }

    @Override
    public List<String> names(String after, int most) {
        return isEmpty() ? List.of() : inner.get().names(after, most);
    }

    @Override
    public void close() {
        try {
            inner.close();
        } catch (Exception e) {
            throw new IllegalStateException("a provisioner that never throws when it is closed has thrown", e);
        }
    }
}
