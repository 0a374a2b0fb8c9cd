package dev.bulkhead.operator.escape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.escape.BucketContents.Item;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is taken for a secret of the victim. */
class VictimFolderTest {
    private static final String OF_NOTHING = "\"d41d8cd98f00b204e9800998ecf8427e\"";

    @Test
    void random_contents_and_what_the_server_calls_them_are_secrets_and_what_everybody_could_make_is_none() {
        List<Item> there = List.of(
                new Item(
                        "Version",
                        "folder/key",
                        "version-of-the-key-0123",
                        true,
                        "\"tag-of-the-key-0123456789\"",
                        "40"),
                new Item("Version", "folder/", "version-of-the-folder-0123", true, OF_NOTHING, "0"),
                new Item("Contents", "folder/other", "null", true, OF_NOTHING, "0"));

        assertThat(VictimFolder.secrets(Map.of("folder/key", "content 5d41402abc4b2a76b9719d911017c592"), there))
                .containsExactlyInAnyOrder(
                        "5d41402abc4b2a76b9719d911017c592", "version-of-the-key-0123", "tag-of-the-key-0123456789");
    }
}
