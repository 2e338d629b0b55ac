package dev.dunlin.core.codec;

import dev.dunlin.core.state.Table;
import dev.dunlin.core.state.TextType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.KeyDeserializer;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.deser.std.StdScalarDeserializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/** Teaches Jackson the types of the state tree: tables as objects in key order, text types as strings. */
@SuppressWarnings({"rawtypes", "unchecked"})
final class StateModule extends SimpleModule {

    private static final long serialVersionUID = 1L;

    StateModule(List<TextType<?>> texts) {
        super("dunlin-state");
        for (TextType<?> text : texts) {
            register(text);
        }
        addSerializer(Table.class, new TableSerializer());
        addDeserializer(Table.class, new TableDeserializer(null, null, null));
        addSerializer(List.class, new ListSerializer());
        addSerializer(Optional.class, new OptionalSerializer());
        addDeserializer(List.class, new ListDeserializer(null, null));
    }

    private <T> void register(TextType<T> text) {
        addSerializer(text.type(), new TextSerializer<>(text));
        addDeserializer(text.type(), new TextDeserializer<>(text));
        addKeySerializer(text.type(), new TextKeySerializer<>(text));
        addKeyDeserializer(text.type(), new TextKeyDeserializer(text));
    }

    private static final class TextSerializer<T> extends StdSerializer<T> {
        private final TextType<T> text;

        TextSerializer(TextType<T> text) {
            super(text.type());
            this.text = text;
        }

        @Override
        public void serialize(T value, JsonGenerator out, SerializationContext ctx) {
            out.writeString(text.print().apply(value));
        }
    }

    private static final class TextKeySerializer<T> extends StdSerializer<T> {
        private final TextType<T> text;

        TextKeySerializer(TextType<T> text) {
            super(text.type());
            this.text = text;
        }

        @Override
        public void serialize(T value, JsonGenerator out, SerializationContext ctx) {
            out.writeName(text.print().apply(value));
        }
    }

    private static final class TextDeserializer<T> extends StdScalarDeserializer<T> {
        private final TextType<T> text;

        TextDeserializer(TextType<T> text) {
            super(text.type());
            this.text = text;
        }

        @Override
        public T deserialize(JsonParser in, DeserializationContext ctx) {
            if (in.currentToken() != JsonToken.VALUE_STRING) {
                return (T) ctx.handleUnexpectedToken(text.type(), in);
            }
            try {
                return text.parse().apply(in.getString());
            } catch (IllegalArgumentException e) {
                throw because(e, ctx.weirdStringException(in.getString(), text.type(), e.getMessage()));
            }
        }
    }

    private static final class TextKeyDeserializer extends KeyDeserializer {
        private final TextType<?> text;

        TextKeyDeserializer(TextType<?> text) {
            this.text = text;
        }

        @Override
        public Object deserializeKey(String key, DeserializationContext ctx) {
            try {
                return text.parse().apply(key);
            } catch (IllegalArgumentException e) {
                throw because(e, ctx.weirdKeyException(text.type(), key, e.getMessage()));
            }
        }
    }

    // The library's exception has no cause; JsonFault tells this one.
    private static DatabindException because(IllegalArgumentException refused, DatabindException failure) {
        failure.addSuppressed(refused);
        return failure;
    }

    private static final class TableSerializer extends StdSerializer<Table> {
        TableSerializer() {
            super(Table.class);
        }

        @Override
        public void serialize(Table value, JsonGenerator out, SerializationContext ctx) {
            out.writeStartObject(value, value.size());
            for (Map.Entry<?, ?> entry : (Table<?, ?>) value) {
                ctx.findKeySerializer(entry.getKey().getClass(), null).serialize(entry.getKey(), out, ctx);
                ctx.writeValue(out, entry.getValue());
            }
            out.writeEndObject();
        }
    }

    // Elements are written by their own class, so that a variant has its kind also where the declared type is erased.
    private static final class ListSerializer extends StdSerializer<List> {
        ListSerializer() {
            super(List.class);
        }

        @Override
        public void serialize(List value, JsonGenerator out, SerializationContext ctx) {
            out.writeStartArray(value, value.size());
            for (Object element : value) {
                ctx.writeValue(out, element);
            }
            out.writeEndArray();
        }
    }

    private static final class OptionalSerializer extends StdSerializer<Optional> {
        OptionalSerializer() {
            super(Optional.class);
        }

        @Override
        public void serialize(Optional value, JsonGenerator out, SerializationContext ctx) {
            if (value.isPresent()) {
                ctx.writeValue(out, value.get());
            } else {
                out.writeNull();
            }
        }
    }

    private static final class TableDeserializer extends StdDeserializer<Table> {
        private final @Nullable KeyDeserializer keys;
        private final @Nullable ValueDeserializer<Object> values;
        private final @Nullable JavaType type;

        TableDeserializer(
                @Nullable JavaType type, @Nullable KeyDeserializer keys, @Nullable ValueDeserializer<Object> values) {
            super(Table.class);
            this.type = type;
            this.keys = keys;
            this.values = values;
        }

        @Override
        public ValueDeserializer<?> createContextual(DeserializationContext ctx, BeanProperty property) {
            JavaType table = ctx.getContextualType() != null ? ctx.getContextualType() : property.getType();
            return new TableDeserializer(
                    table,
                    ctx.findKeyDeserializer(table.containedType(0), property),
                    ctx.findRootValueDeserializer(table.containedType(1)));
        }

        @Override
        public Table deserialize(JsonParser in, DeserializationContext ctx) {
            if (keys == null || values == null) {
                throw new IllegalStateException("a table is read only where its key and value types are declared");
            }
            if (!in.isExpectedStartObjectToken()) {
                return (Table) ctx.handleUnexpectedToken(type, in);
            }
            Table table = Table.empty();
            for (String key = in.nextName(); key != null; key = in.nextName()) {
                in.nextToken();
                Comparable typed = (Comparable) keys.deserializeKey(key, ctx);
                table = table.with(typed, present(values, type, in, ctx));
            }
            return table;
        }
    }

    // A null stands for an empty optional and for nothing else.
    private static Object present(
            ValueDeserializer<Object> values, @Nullable JavaType within, JsonParser in, DeserializationContext ctx) {
        Object value =
                in.currentToken() == JsonToken.VALUE_NULL ? values.getNullValue(ctx) : values.deserialize(in, ctx);
        return value == null ? ctx.reportInputMismatch(within, "a null stands where a value should") : value;
    }

    /** Lists without nulls, that nobody can change. */
    private static final class ListDeserializer extends StdDeserializer<List> {
        private final @Nullable JavaType type;
        private final @Nullable ValueDeserializer<Object> values;

        ListDeserializer(@Nullable JavaType type, @Nullable ValueDeserializer<Object> values) {
            super(List.class);
            this.type = type;
            this.values = values;
        }

        @Override
        public ValueDeserializer<?> createContextual(DeserializationContext ctx, BeanProperty property) {
            JavaType list = ctx.getContextualType() != null ? ctx.getContextualType() : property.getType();
            return new ListDeserializer(list, ctx.findRootValueDeserializer(list.getContentType()));
        }

        @Override
        public List deserialize(JsonParser in, DeserializationContext ctx) {
            if (values == null) {
                throw new IllegalStateException("a list is read only where its element type is declared");
            }
            if (!in.isExpectedStartArrayToken()) {
                return (List) ctx.handleUnexpectedToken(type, in);
            }
            List<Object> list = new ArrayList<>();
            while (in.nextToken() != JsonToken.END_ARRAY) {
                list.add(present(values, type, in, ctx));
            }
            return List.copyOf(list);
        }
    }
}
