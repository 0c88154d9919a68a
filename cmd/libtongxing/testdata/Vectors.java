// java Vectors.java LIBRARY FOLDER: as vectors.c, through JNA.
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

public class Vectors {
    public interface Tongxing extends Library {
        Pointer tongxing_new();

        int tongxing_free(Pointer verifier);

        // A size_t is a long on every system that this runs on.
        int tongxing_call(Pointer verifier, byte[] request, long length, PointerByReference response, long[] responseLength);

        void tongxing_free_bytes(Pointer bytes);
    }

    static Tongxing library;

    static byte[] call(Pointer verifier, byte[] request, String name) {
        var response = new PointerByReference();
        var length = new long[1];
        int result = library.tongxing_call(verifier, request, request.length, response, length);
        if (result != 0) {
            throw new IllegalStateException(name + ": " + result);
        }
        byte[] bytes = response.getValue().getByteArray(0, (int) length[0]);
        library.tongxing_free_bytes(response.getValue());
        return bytes;
    }

    public static void main(String[] arguments) throws Exception {
        library = Native.load(arguments[0], Tongxing.class);
        var folder = Path.of(arguments[1]);
        int count = 0;
        String name = "";
        Pointer verifier = null;
        byte[] response = null;
        for (String line : Files.readAllLines(folder.resolve("cases.txt"), StandardCharsets.UTF_8)) {
            String rest = line.substring(2);
            switch (line.charAt(0)) {
                case '=' -> name = rest;
                case '*' -> {
                    library.tongxing_free(verifier);
                    verifier = library.tongxing_new();
                    if (!rest.equals("-")) {
                        call(verifier, Files.readAllBytes(folder.resolve(rest)), name);
                    }
                }
                case '>' -> response = call(verifier, rest.getBytes(StandardCharsets.UTF_8), name);
                case '<' -> {
                    if (!Arrays.equals(response, rest.getBytes(StandardCharsets.UTF_8))) {
                        throw new IllegalStateException(name + ": " + new String(response, StandardCharsets.UTF_8));
                    }
                    count++;
                }
                default -> throw new IllegalStateException(line);
            }
        }
        System.out.println(count);
    }
}
