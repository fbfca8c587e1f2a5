# Creates the first records of the test bed: the account of the visits, and a project.
admin = User.find_by(login: 'admin')
admin.password = admin.password_confirmation = ARGV[0]
admin.must_change_passwd = false
admin.language = 'en'
admin.save!
Setting.default_language = 'en'
project = Project.create!(name: 'Demo', identifier: 'demo', is_public: true, trackers: Tracker.all)
project.enable_module!(:issue_tracking)
