package io.aerodb.storage.gateway.form;

import java.io.ByteArrayOutputStream;
import java.util.function.BiConsumer;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

/** Where the bytes between two boundaries go. */
interface Section {

    /** Text before the first boundary and fields that mean nothing here. */
    Section IGNORED = DataBufferUtils::release;

    /** Takes the next bytes and owns them. */
    void take(DataBuffer bytes);

    /** The next boundary was found. */
    default void end() {}

    /** A field that is kept. */
    static Section field(String name, BiConsumer<String, byte[]> fields) {
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        return new Section() {
            @Override
            public void take(DataBuffer bytes) {
                byte[] copy = new byte[bytes.readableByteCount()];
                bytes.read(copy);
                value.writeBytes(copy);
                DataBufferUtils.release(bytes);
            }

            @Override
            public void end() {
                fields.accept(name, value.toByteArray());
            }
        };
    }
}
