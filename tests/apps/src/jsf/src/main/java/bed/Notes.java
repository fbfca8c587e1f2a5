package bed;

import jakarta.enterprise.context.SessionScoped;
import jakarta.faces.context.FacesContext;
import jakarta.inject.Named;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Notes, which are lost when the program ends, and a file of who changed which one. */
@Named("bean")
@SessionScoped
public class Notes implements Serializable {
    private static final List<String> NOTES = new ArrayList<>();

    private String user;
    private String password;
    private String title;
    private boolean known;
    private int editing = -1;

    public String login() {
        known = "admin".equals(user) && "Adm1nPassw0rd!".equals(password);
        return known ? "notes?faces-redirect=true" : null;
    }

    public String logout() {
        FacesContext.getCurrentInstance().getExternalContext().invalidateSession();
        return "login?faces-redirect=true";
    }

    public void add() throws IOException {
        if (!known) {
            return;
        }
        synchronized (NOTES) {
            NOTES.add(title);
            editing = NOTES.size() - 1;
            keepChange("created");
        }
    }

    public void change() throws IOException {
        if (!known || editing < 0) {
            return;
        }
        synchronized (NOTES) {
            NOTES.set(editing, title);
            keepChange("edited");
        }
    }

    private void keepChange(String action) throws IOException {
        String session = FacesContext.getCurrentInstance().getExternalContext().getSessionId(false);
        Files.writeString(Path.of("changes"), action + " " + editing + " " + session + "\n",
                StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    public List<String> getNotes() {
        synchronized (NOTES) {
            return new ArrayList<>(NOTES.subList(Math.max(0, NOTES.size() - 5), NOTES.size()));
        }
    }

    public String getUser() {
        return user;
    }

    public void setUser(String user) {
        this.user = user;
    }

    public String getPassword() {
        return password;
    }

    public void setPassword(String password) {
        this.password = password;
    }

    public String getTitle() {
        return title;
    }

    public void setTitle(String title) {
        this.title = title;
    }
}
