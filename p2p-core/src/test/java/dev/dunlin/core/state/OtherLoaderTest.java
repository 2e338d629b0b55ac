package dev.dunlin.core.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Records of a class loader of its own, as those of a jar that is found at run time, have the same content. */
final class OtherLoaderTest {

    /** One component of each kind that is read in another way. */
    record Sample(
            long number,
            int count,
            boolean flag,
            short few,
            String text,
            Bytes bytes,
            List<String> list,
            Optional<Long> at) {
        static final Sample SOME = new Sample(
                7, -3, true, (short) 2, "lamp", Bytes.of(new byte[] {1, 2}), List.of("a", "b"), Optional.of(9L));
    }

    /** Finds this one class itself, and all others above. */
    private static final class Loader extends URLClassLoader {
        Loader(URL[] from) {
            super(from, OtherLoaderTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            return name.equals(Sample.class.getName()) ? findClass(name) : super.loadClass(name, resolve);
        }
    }

    @Test
    void theContentIsTheSame() throws Exception {
        URL own = Sample.class.getProtectionDomain().getCodeSource().getLocation();
        try (Loader loader = new Loader(new URL[] {own})) {
            Class<?> other = loader.loadClass(Sample.class.getName());
            assertThat(other).isNotEqualTo(Sample.class);
            var some = other.getDeclaredField("SOME");
            some.setAccessible(true);
            Object value = some.get(null);
            assertThat(Content.digest(value)).isEqualTo(Content.digest(Sample.SOME));
            assertThat(Content.bytes(value)).isEqualTo(Content.bytes(Sample.SOME));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
