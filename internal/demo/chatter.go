package demo

// chatter is the small talk of a few issues for which no comment was written. number spreads the sentences.
func chatter(team Team, issue Issue, number int) []Comment {
	if number%7 != 3 || issue.Assignee == "" {
		return nil
	}
	pairs := openTalk()
	switch issue.Status {
	case "Done":
		pairs = doneTalk()
	case "Canceled":
		return nil
	}
	pair := pairs[number/7%len(pairs)]
	other := team.Members[choose(len(team.Members), issue.Title, "talks")]
	if other == issue.Assignee {
		return []Comment{{Author: issue.Assignee, Body: pair[1]}}
	}
	return []Comment{{Author: other, Body: pair[0]}, {Author: issue.Assignee, Body: pair[1]}}
}

func doneTalk() [][2]string {
	return [][2]string{
		{"Can this go out today?", "Yes, it is in the deploy at three."},
		{"Works for me on staging.", "Thanks for checking. Closing after the deploy."},
		{"Is there anything to tell support?", "No, nobody will notice, which was the idea."},
		{"Smaller than I feared!", "I deleted more lines than I added, that helped."},
		{"Do we need a note in the changelog?", "One line; I have added it."},
		{"I tried hard to break it and could not.", "Then it is done. Closing."},
		{"Should we keep the old way for a while?", "I looked: nobody has used it for two months. Removed."},
		{"Who else has to look at this?", "Nobody, it is reviewed and deployed."},
		{"A customer thanked us for this today.", "That makes my day. 🙂"},
		{"Did the numbers change?", "A little for the better, nothing got worse."},
	}
}

func openTalk() [][2]string {
	return [][2]string{
		{"Anything that I can take off your hands?", "A second pair of eyes on Thursday would be great."},
		{"Is the date still realistic?", "I think so. If not, I'll say so by Wednesday."},
		{"Another customer asked for this today.", "Good to know, I'll write to them when there is something to try."},
		{"What is the smallest version of this that would help?", "Half of it. Let me split off the rest."},
		{"I can reproduce it, but only in the second attempt.", "Same here. That hints at the cache."},
		{"Do we have figures on how many people that concerns?", "About 3 % of the shops, but the big ones."},
	}
}
