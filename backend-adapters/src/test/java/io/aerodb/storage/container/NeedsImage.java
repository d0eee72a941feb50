package io.aerodb.storage.container;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests of a server in a container. They are skipped, and say why, where there is no engine or no such image. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("containers")
@ExtendWith(ImageCondition.class)
public @interface NeedsImage {

    /** The image's name, with its registry and tag. */
    String value();

    /** The system property that names another image for it. */
    String property();
}
