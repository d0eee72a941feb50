package io.aerodb.storage.container;

import org.testcontainers.utility.DockerImageName;

/** The images that tests ask for by {@link NeedsImage}. */
public final class Images {

    private Images() {}

    /** Of an annotated class of tests. */
    public static DockerImageName of(Class<?> tests) {
        return of(tests.getAnnotation(NeedsImage.class));
    }

    static DockerImageName of(NeedsImage needed) {
        return DockerImageName.parse(System.getProperty(needed.property(), needed.value()));
    }
}
